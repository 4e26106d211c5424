// Counts this page in a namespace of audience-meter and passes it the total, live.
//
//   const meter = audience("//example.com/football", options)
//     .on("total", n => …)       how many are watching
//     .on("message", text => …)  a message to the namespace, "service=text"
//     .on("open", () => …)       the stream is live
//     .on("retry", ms => …)      the stream was lost, and is opened again in ms milliseconds
//     .on("close", why => …)     the server ended it for good: "excluded" (this viewer id was
//                                opened elsewhere) or "refused" (there is no such stream)
//   meter.close()                leaves; no listener is called after this
//
// The options, each of which may be left out:
//
//   viewer: "ab12"     a viewer id, the second segment of the path
//   watch: true        sees the total without being counted
//   watch: ["a", "b"]  sees those of several namespaces of audience("//example.com/", …): totals
//                      are then objects as {a: 1, b: 2}, messages as {namespace, text}
//   share: true        one stream for all tabs of a browser (needs audience-share.js)
//   ping: true         no stream but a short request now and then (needs audience-ping.js)
//
// A classic script that defines `audience`. As a module, import it from audience.mjs beside it.
// All calls with the same URL on one page share one stream, and so count once, even where the page
// loads this file twice. On a server that renders pages, this file does nothing.
//
// It reads the stream with fetch. An EventSource hides `retry: -1`, which means that this viewer
// id was opened elsewhere. It also gives up for good on a proxy's 502, and brings a whole crowd
// back at the same instant when a server restarts.

// A server has no location. An element with the id "audience" is a global of that name too, but it
// cannot be called.
if (globalThis.location && !globalThis.audience?.call) globalThis.audience = (() => {
  const page = globalThis.document; // None in a worker.
  const sources = new Map(); // By way and absolute URL, while they have users.
  const digits = /^\d+$/;
  const encode = encodeURIComponent;
  const add = (url, field) => url + (/\?/.test(url) ? "&" : "?") + field;

  // False while the page is in the back/forward cache or frozen. Nobody is watching it then, so it
  // must not be counted.
  let awake = true;
  let waking;

  // What all meters of one URL have in common. `way` is how its events come: by `stream` below, or
  // by what another file adds to `audience`. It gets the source, whose `emit`, `end` and `id` it
  // uses, and returns what pauses and resumes it, and perhaps what it does to leave.
  const openSource = (key, way, url, viewer) => {
    const users = new Set();
    const latest = []; // The state and the total, for later users.

    // A token is another one on each page.
    const name = "audience " + url.replace(/\btoken=[^&]*/, "");

    const source = {
      url, viewer, name, users, latest,
      emit(name, value) {
        if (name != "message") latest[+(name == "total")] = [name, value];
        users.forEach((user) => user(name, value));
      },
      end(why) {
        source.pause();
        sources.delete(key);
        if (why) {
          source.emit("close", why);
        } else {
          source.keep();
          source.leave?.();
        }
        users.clear();
      },
      // Keeps the id of a page that is left, for the next page of this tab, which is the same
      // viewer. It is removed when it is read: a duplicated tab must not have the id of an open
      // stream, or the two would supersede one another in turn. A page may have no storage.
      keep() {
        try {
          sessionStorage[name] = source.id || "";
        } catch {}
      },
      start(atOnce) {
        // A page that is rendered before a visit is not watched either.
        if (awake && !page?.prerendering) {
          try {
            source.id = sessionStorage[name] || source.id;
            delete sessionStorage[name];
          } catch {}
          source.resume(atOnce);
        }
      },
    };
    Object.assign(source, way(source)).start();
    return source;
  };

  const stream = (source) => {
    const { url, emit } = source;
    const isOfMany = /[?&]watch=/.test(url);
    let attempt, timer, all, retry = 2000, failures = 0;
    let longest = 25000; // The longest pause between two totals; the daemon's default at first.
    let timeout = 65000; // A stream that is silent for longer is given up.

    const pause = () => {
      clearTimeout(timer);
      attempt?.abort();
      timer = attempt = null;
    };

    // Reads one response until it ends. Another one follows, unless `pause` ended it.
    const connect = async () => {
      pause();
      const mine = (attempt = new AbortController());
      let since, retryIsKnown, totalAt, totals = 0;

      // A quiet stream repeats its total (every 25 s by default), so silence means that the
      // connection is dead. But where only the greeting and the change that it caused have come,
      // this server may repeat later than was expected: the next timeout is longer.
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (since && totals < 3) timeout += 65000;
          mine.abort();
        }, timeout);
      };

      const take = (data, type) => {
        const now = performance.now();
        if (!since) emit("open");
        since ||= now;
        const value = isOfMany ? JSON.parse(data) : data;
        if (isOfMany ? type : !digits.test(data)) return emit("message", value);
        // A pause beyond the timeout is that of a computer that slept.
        if (now - totalAt < timeout) longest = Math.max(longest, now - totalAt);
        totalAt = now;
        if (++totals > 2) timeout = longest + 40000;
        emit("total", isOfMany ? (all = { ...all, ...value }) : +data);
      };

      try {
        watch();
        const type = "text/event-stream";
        // The former stream is named in the query, as a field of the head makes browsers ask by
        // OPTIONS first.
        const { id } = source;
        const address = id ? add(url, "lastEventId=" + encode(id)) : url;
        const headers = { Accept: type };
        const response = await fetch(address, { headers, cache: "no-store", signal: mine.signal });
        if (response.status == 204) return source.end("excluded");
        // Of the client errors, only 408 and 429 are temporary.
        if (/^4(?!08|29)/.test(response.status)) return source.end("refused");
        // Every other answer that is no event stream is an error page, and temporary too.
        if (!response.headers.get("Content-Type").includes(type)) throw 0;

        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        let data = [];
        let event;
        for (;;) {
          const { done, value } = await reader.read();
          // What was received before `pause` or `end` may be read after it.
          if (done || mine != attempt) break;
          // A CR at the very end waits for the LF that may follow it.
          const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
          rest = lines.pop();
          for (const line of lines) {
            const [, field, text] = /^([^:]*):? ?(.*)/.exec(line);
            if (field == "data") data.push(text);
            if (field == "event") event = text;
            if (field == "id") source.id = text;
            if (field == "retry") {
              if (text == "-1") return source.end("excluded");
              // At least a second, so that a wrong value does not cause a storm of requests.
              if ((retryIsKnown = digits.test(text))) retry = Math.min(Math.max(text, 1000), 1e9);
            }
            if (!line) {
              if (data.length) take(data.join("\n"), event);
              data = [];
              event = "";
            }
          }
          watch();
        }
      } catch {
        // A connection that failed is treated like a stream that ended.
      }
      if (mine != attempt) return;
      pause();

      // A full server sends the time to wait, which it spreads itself. Otherwise the wait grows
      // while streams do not last, and is random.
      if (performance.now() - since > 30000) failures = 0;
      let wait = retry;
      if (since || !retryIsKnown) wait += Math.random() * Math.min(retry * 2 ** failures++, 30000);
      timer = setTimeout(connect, wait);
      emit("retry", Math.round(wait));
    };

    const resume = (atOnce) => attempt || (timer && !atOnce) || connect();
    return { pause, resume };
  };

  // Captured at the window, because some of these are events of the window, others of the document.
  for (const type of ["pagehide", "freeze", "pageshow", "resume", "prerenderingchange", "online"]) {
    addEventListener(type, () => {
      awake = !/hide|freeze/.test(type);
      clearTimeout(waking);
      if (awake) {
        // A page that is shown again may be so just before the page that is left is hidden, and
        // has to wait for the id that this one keeps.
        const start = () => sources.forEach((source) => source.start(type == "online"));
        waking = setTimeout(start, type == "pageshow" ? 500 : 0);
      } else {
        sources.forEach((source) => {
          source.pause();
          source.keep();
        });
      }
    }, true);
  }

  const audience = (url, { viewer, watch, share, ping } = {}) => {
    // Where the page's own address has a password, so has a relative URL, which fetch refuses.
    url = new URL(url, page?.baseURI ?? location);
    url.username = url.password = url.hash = "";
    if (viewer && !watch) url.pathname += "/" + encode(viewer);
    url = url.href;
    if (watch) url = add(url, watch.join ? "watch=" + watch.join("&watch=") : "watch");
    const way = ping && !watch ? "ping" : share ? "share" : "stream";
    if (!audience[way]) throw Error("no audience-" + way);
    const key = way + url;
    const source = sources.get(key) ?? openSource(key, audience[way], url, viewer);
    sources.set(key, source);
    const listeners = [];
    let closed;

    // As microtasks, so that a listener that throws affects neither the source nor the others.
    const call = (listener, value) => queueMicrotask(() => closed || listener(value));
    const user = (name, value) =>
      listeners.forEach(([wanted, listener]) => wanted == name && call(listener, value));
    source.users.add(user);

    const meter = {
      on(name, listener) {
        listeners.push([name, listener]);
        source.latest.forEach(([known, value]) => known == name && call(listener, value));
        return meter;
      },
      close() {
        closed = true;
        if (source.users.delete(user) && !source.users.size) source.end();
      },
    };
    return meter;
  };
  audience.stream = stream;
  return audience;
})();
