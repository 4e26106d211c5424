// Counts this page in a namespace of audience-meter, and tells it the total, live.
//
//   const meter = audience("//example.com/football")
//     .on("total", n => …)       how many are watching
//     .on("message", text => …)  a message to the namespace, "service=text"
//     .on("open", () => …)       the stream is live
//     .on("retry", ms => …)      the stream was lost, and is opened again in ms milliseconds
//     .on("close", why => …)     the server ended it for good: "excluded" (this viewer id was
//                                opened elsewhere) or "refused" (there is no such stream)
//   meter.close()                leave; nothing is called after this
//
// A classic script that defines `audience`; as a module, import it from audience.mjs beside it.
// Whoever asks for the same URL on one page shares one stream, and so counts once, even where the
// page loads this file twice.
//
// It reads the stream with fetch. An EventSource would hide `retry: -1`, by which the server says
// that this viewer is watching elsewhere; would give up for good on a proxy's 502; and would bring
// a whole crowd back at the same instant when a server restarts.

// An element with the id "audience" is a global of that name too, but none that can be called.
if (!self.audience?.call) self.audience = (() => {
  const streams = new Map(); // By absolute URL, while they have users.
  const digits = /^\d+$/;

  // False while the page is in the back/forward cache or frozen: nobody is watching then, so
  // nobody may be counted.
  let awake = true;

  const openStream = (url) => {
    const users = new Set();
    const latest = []; // The state and the total, for a user who comes later.
    let attempt, timer, id, retry = 2000, failures = 0, patience = 65000;

    const tell = (name, value) => {
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
      tell("close", why);
      users.clear();
    };

    // Reads one response until it ends. Unless that was by `pause` or `end`, another follows.
    const connect = async () => {
      pause();
      // A page that is rendered ahead of a visit is no viewer either.
      if (!awake || self.document?.prerendering) return;
      const mine = (attempt = new AbortController());
      let since, told;

      // A quiet stream repeats its total (every 25 s, unless the server was told otherwise). So
      // silence is a dead connection; or else a slower server, which deserves more patience.
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          patience += 65000;
          mine.abort();
        }, patience);
      };

      const take = (data) => {
        if (!since) tell("open");
        since ||= performance.now();
        if (digits.test(data)) tell("total", +data);
        else tell("message", data);
      };

      try {
        watch();
        const type = "text/event-stream";
        const headers = { Accept: type };
        if (id) headers["Last-Event-ID"] = id;
        const response = await fetch(url, { headers, cache: "no-store", signal: mine.signal });
        if (response.status == 204) return end("excluded");
        // Of the client's errors, only a timeout and too many requests pass by themselves.
        if (/^4(?!08|29)/.test(response.status)) return end("refused");
        // Whatever else is no event stream is somebody's error page, and passes too.
        if (!response.headers.get("Content-Type").startsWith(type)) throw 0;

        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        let data = [];
        while (mine == attempt) {
          const { done, value } = await reader.read();
          if (done) break;
          watch();
          // A CR at the very end waits for the LF that may follow it.
          const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
          rest = lines.pop();
          for (const line of lines) {
            const [, field, text] = /^([^:]*):? ?(.*)/.exec(line);
            if (field == "data") data.push(text);
            if (field == "id") id = text;
            if (field == "retry") {
              if (text == "-1") return end("excluded");
              // At least a second, so that no slip of a server makes a storm.
              if ((told = digits.test(text))) retry = Math.min(Math.max(text, 1000), 1e9);
            }
            if (!line && data[0] != null) {
              take(data.join("\n"));
              data = [];
            }
          }
        }
      } catch {
        // Cut, or never made: the same to us as a stream that ended.
      }
      if (mine != attempt) return;
      pause();

      // A server that is full says when to come back, and spreads its answers itself. Otherwise
      // the wait grows while streams do not last, and differs from page to page.
      if (performance.now() - since > 30000) failures = 0;
      let wait = retry;
      if (since || !told) wait += Math.random() * Math.min(retry * 2 ** failures++, 30000);
      timer = setTimeout(connect, wait);
      tell("retry", Math.round(wait));
    };

    const resume = (atOnce) => {
      if (!attempt && (atOnce || !timer)) connect();
    };

    connect();
    return { users, latest, pause, resume, end };
  };

  // Captured at the window, since some of these happen to the window and some to the document.
  for (const type of ["pagehide", "freeze", "pageshow", "resume", "prerenderingchange", "online"]) {
    addEventListener(type, () => {
      awake = !/hide|freeze/.test(type);
      streams.forEach(({ pause, resume }) => (awake ? resume(type == "online") : pause()));
    }, true);
  }

  return (url) => {
    url = new Request(url).url;
    const stream = streams.get(url) ?? openStream(url);
    streams.set(url, stream);
    const listeners = [];
    let closed;

    // As microtasks, so that a listener that throws harms neither the stream nor the others.
    const call = (listener, value) => queueMicrotask(() => closed || listener(value));
    const user = (name, value) =>
      listeners.forEach(([wanted, listener]) => wanted == name && call(listener, value));
    stream.users.add(user);

    const meter = {
      on(name, listener) {
        listeners.push([name, listener]);
        stream.latest.forEach(([told, value]) => told == name && call(listener, value));
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
