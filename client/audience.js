// Counts this page in a namespace of audience-meter and passes it the total, live.
//
//   const meter = audience("//example.com/football")
//     .on("total", n => …)       how many are watching
//     .on("message", text => …)  a message to the namespace, "service=text"
//     .on("open", () => …)       the stream is live
//     .on("retry", ms => …)      the stream was lost, and is opened again in ms milliseconds
//     .on("close", why => …)     the server ended it for good: "excluded" (this viewer id was
//                                opened elsewhere) or "refused" (there is no such stream)
//   meter.close()                leaves; no listener is called after this
//
// A classic script that defines `audience`. As a module, import it from audience.mjs beside it.
// All calls with the same URL on one page share one stream, and so count once, even where the page
// loads this file twice. On a server that renders pages, `audience` does nothing.
//
// It reads the stream with fetch. An EventSource hides `retry: -1`, which means that this viewer
// id was opened elsewhere. It also gives up for good on a proxy's 502, and brings a whole crowd
// back at the same instant when a server restarts.

// An element with the id "audience" is a global of that name too, but it cannot be called.
if (!globalThis.audience?.call) globalThis.audience = (() => {
  // A server has no location, and is no viewer.
  if (!globalThis.location) {
    const nobody = { on: () => nobody, close() {} };
    return () => nobody;
  }

  const streams = new Map(); // By absolute URL, while they have users.
  const digits = /^\d+$/;

  // False while the page is in the back/forward cache or frozen. Nobody is watching it then, so it
  // must not be counted.
  let awake = true;

  const openStream = (url) => {
    const users = new Set();
    const latest = []; // The state and the total, for later users.
    let attempt, timer, id, idInQuery, retry = 2000, failures = 0;
    let longest = 25000; // The longest pause between two totals; the daemon's default at first.
    let timeout = 65000; // A stream that is silent for longer is given up.

    const emit = (name, value) => {
      if (name != "message") latest[+(name == "total")] = [name, value];
      users.forEach((user) => user(name, value));
    };

    const pause = () => {
      clearTimeout(timer);
      attempt?.abort();
      timer = attempt = undefined;
    };

    const end = (why) => {
      pause();
      streams.delete(url);
      emit("close", why);
      users.clear();
    };

    // Reads one response until it ends. Another one follows, unless `pause` or `end` ended it.
    const connect = async () => {
      pause();
      // A page that is rendered before a visit is not watched either.
      if (!awake || globalThis.document?.prerendering) return;
      const mine = (attempt = new AbortController());
      let since, response, retryIsKnown, totalAt, totals = 0;

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

      const take = (data) => {
        const now = performance.now();
        if (!since) emit("open");
        since ||= now;
        if (!digits.test(data)) return emit("message", data);
        // A pause beyond the timeout is that of a computer that slept.
        if (now - totalAt < timeout) longest = Math.max(longest, now - totalAt);
        totalAt = now;
        if (++totals > 2) timeout = longest + 40000;
        emit("total", +data);
      };

      try {
        watch();
        const type = "text/event-stream";
        const headers = { Accept: type };
        let address = url;
        if (id && idInQuery) {
          address += (url.includes("?") ? "&" : "?") + "lastEventId=" + encodeURIComponent(id);
        } else if (id) headers["Last-Event-ID"] = id;
        response = await fetch(address, { headers, cache: "no-store", signal: mine.signal });
        if (response.status == 204) return end("excluded");
        // Of the client errors, only 408 and 429 are temporary.
        if (/^4(?!08|29)/.test(response.status)) return end("refused");
        // Every other answer that is no event stream is an error page, and temporary too.
        if (!response.headers.get("Content-Type").startsWith(type)) throw 0;

        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        let data = [];
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
            if (field == "id") id = text;
            if (field == "retry") {
              if (text == "-1") return end("excluded");
              // At least a second, so that a wrong value does not cause a storm of requests.
              if ((retryIsKnown = digits.test(text))) retry = Math.min(Math.max(text, 1000), 1e9);
            }
            if (!line && data[0] != null) {
              take(data.join("\n"));
              data = [];
            }
          }
          watch();
        }
      } catch {
        // A connection that failed is treated like a stream that ended.
      }
      if (mine != attempt) return;
      pause();
      // The field makes browsers ask by OPTIONS first. Some proxies refuse or redirect that.
      if (id && !response) idInQuery = true;

      // A full server sends the time to wait, which it spreads itself. Otherwise the wait grows
      // while streams do not last, and is random.
      if (performance.now() - since > 30000) failures = 0;
      let wait = retry;
      if (since || !retryIsKnown) wait += Math.random() * Math.min(retry * 2 ** failures++, 30000);
      timer = setTimeout(connect, wait);
      emit("retry", Math.round(wait));
    };

    const resume = (atOnce) => {
      if (!attempt && (atOnce || !timer)) connect();
    };

    connect();
    return { users, latest, pause, resume, end };
  };

  // Captured at the window, because some of these are events of the window, others of the document.
  for (const type of ["pagehide", "freeze", "pageshow", "resume", "prerenderingchange", "online"]) {
    addEventListener(type, () => {
      awake = !/hide|freeze/.test(type);
      streams.forEach(({ pause, resume }) => (awake ? resume(type == "online") : pause()));
    }, true);
  }

  return (url) => {
    // Where the page's own address has a password, so has a relative URL, which fetch refuses.
    url = new URL(url, globalThis.document?.baseURI ?? location);
    url.username = url.password = url.hash = "";
    url = url.href;
    const stream = streams.get(url) ?? openStream(url);
    streams.set(url, stream);
    const listeners = [];
    let closed;

    // As microtasks, so that a listener that throws affects neither the stream nor the others.
    const call = (listener, value) => queueMicrotask(() => closed || listener(value));
    const user = (name, value) =>
      listeners.forEach(([wanted, listener]) => wanted == name && call(listener, value));
    stream.users.add(user);

    const meter = {
      on(name, listener) {
        listeners.push([name, listener]);
        stream.latest.forEach(([known, value]) => known == name && call(listener, value));
        return meter;
      },
      close() {
        closed = true;
        if (stream.users.delete(user) && !stream.users.size) stream.end();
      },
    };
    return meter;
  };
})();
