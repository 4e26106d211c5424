// Counts a page that must not hold a stream, by a short request now and then:
// audience(url, { ping: true, viewer }). Load it after audience.js.
//
// The daemon must have `--viewer-ids shared`. Without a `viewer`, the id is a random one, which the
// next page of the same tab takes over. `close` leaves at once. A page that is left is counted
// until the ping timeout, as nobody knows whether another page follows.
audience.ping = (source) => {
  let timer, attempt, isLive, failures = 0;

  // With a random id where the page gave none.
  const address = () => {
    const url = new URL(source.url);
    if (!source.viewer) {
      source.id ||= Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) =>
        word.toString(36)
      ).join("");
      url.pathname += "/" + source.id;
    }
    return url;
  };

  const pause = () => {
    clearTimeout(timer);
    attempt?.abort();
    timer = attempt = undefined;
  };

  const ping = async () => {
    pause();
    const mine = (attempt = new AbortController());
    timer = setTimeout(() => mine.abort(), 10000);
    let answer;
    try {
      const response = await fetch(address(), {
        method: "POST",
        headers: { Accept: "application/json" },
        cache: "no-store",
        signal: mine.signal,
      });
      // Of the client errors, only 408 and 429 are temporary.
      if (/^4(?!08|29)/.test(response.status)) return source.end("refused");
      if (response.ok) answer = await response.json();
    } catch {
      // A request that failed is repeated.
    }
    if (mine != attempt) return;
    pause();
    if (answer) {
      // A daemon that has no pings answers with the count alone.
      if (!answer.ping) return source.end("refused");
      failures = 0;
      // A little early and random, so that a crowd does not stay together.
      timer = setTimeout(ping, answer.ping * (900 + 100 * Math.random()));
      if (!isLive) source.emit("open");
      isLive = true;
      return source.emit("total", answer.members);
    }
    isLive = false;
    const wait = 2000 + Math.random() * Math.min(2000 * 2 ** failures++, 30000);
    timer = setTimeout(ping, wait);
    source.emit("retry", Math.round(wait));
  };

  const resume = (atOnce) => attempt || (timer && !atOnce) || ping();

  const leave = () => {
    const url = address();
    url.search += (url.search ? "&" : "?") + "leave";
    navigator.sendBeacon(url);
  };

  return { pause, resume, leave };
};
