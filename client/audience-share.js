// One stream for all tabs of a browser: audience(url, { share: true }). Load it after audience.js.
//
// Of the tabs that want the same stream one holds a Web Lock and with it the stream. It passes all
// that it receives to the others by a BroadcastChannel. When it closes, freezes or crashes, the
// browser gives the lock to the next tab, whose stream comes after the former one: it is the same
// viewer. Browsers have locks on pages with https and on localhost alone; elsewhere each tab has
// its own stream.
audience.share = (source) => {
  const { locks } = navigator;
  if (!locks || !globalThis.BroadcastChannel) return audience.stream(source);

  let channel, release, request, stream, isNew;

  const pause = () => {
    stream?.pause();
    request?.abort();
    release?.();
    channel?.close();
    channel = release = request = stream = undefined;
  };

  // Each message has the id of the stream, one or more events, and whether it is an answer to a
  // tab that asked for the latest ones, by an empty message.
  const send = (events, isAnswer) => channel?.postMessage([stream.source.id, events, isAnswer]);

  // The stream of this tab, which holds the lock.
  const lead = () => {
    const own = {
      ...source,
      emit(name, value) {
        source.id = own.id;
        send([[name, value]]);
        source.emit(name, value);
      },
      end(why) {
        send([["close", why]]);
        // Not at once, or the next tab might get the lock before that message.
        const later = release;
        release = undefined;
        setTimeout(() => later?.(), 1000);
        source.end(why);
      },
    };
    stream = { source: own, ...audience.stream(own) };
    stream.resume(true);
  };

  const resume = (atOnce) => {
    if (channel) return stream?.resume(atOnce);
    const mine = (channel = new BroadcastChannel(source.name));
    isNew = true;
    mine.onmessage = ({ data }) => {
      if (!data) return stream && send(source.latest.filter(Boolean), true);
      const [id, events, isAnswer] = data;
      source.id = id;
      if (isAnswer && !isNew) return;
      isNew = false;
      for (const [name, value] of events) {
        if (name == "close") return source.end(value);
        source.emit(name, value);
      }
    };
    mine.postMessage(0);
    request = new AbortController();
    locks
      .request(source.name, { signal: request.signal }, () => {
        if (mine != channel) return;
        lead();
        return new Promise((resolve) => (release = resolve));
      })
      .catch(() => {
        // A page of an opaque origin has no locks. An aborted request needs no stream.
        if (mine == channel && !stream) lead();
      });
  };

  return { pause, resume };
};
