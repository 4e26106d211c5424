// Counts this page in a namespace of audience-meter and passes it the total, live.
//
//   var meter = $.audience("//example.com/football").progress(function (total) { … });
//   meter.close();
//
// The promise is notified of each total, a whole number; messages to the namespace are left out.
// `close` leaves the namespace and resolves the promise. When the server ends the stream for good,
// the promise is rejected with a reason: "excluded" (this viewer id was opened elsewhere) or
// "refused" (there is no such stream).
//
// It needs jQuery 1.7 or later and nothing else. All calls with the same URL on one page share one
// stream, and so count once. If audience.js is on the page too, that script holds the stream.
(function ($) {
  "use strict";

  var streams = {}; // By absolute URL, while they have users.
  var waking;
  var awake = true; // False while the page is frozen or in the back/forward cache.

  // One stream, shared by the deferreds of all its users. It is read with XMLHttpRequest, because
  // an EventSource hides `retry: -1`, which means that this viewer id was opened elsewhere, and
  // brings a whole crowd back at the same instant when a server restarts.
  function openStream(url) {
    var stream = { users: [], start: start, pause: pause, keep: keep, leave: leave };
    var retry = 2000, failures = 0;
    var longest = 25000; // The longest pause between two totals; the daemon's default at first.
    var timeout = 65000; // A stream that is silent for longer is given up.
    var name = "audience " + url.replace(/\btoken=[^&]*/, "");
    var request, lastEventId, read, data, liveSince, retryIsKnown, totalAt, totals;

    // As tasks of their own, so that a callback that throws affects neither the stream nor others.
    function each(method, value) {
      $.each(stream.users, function (_, deferred) {
        setTimeout(function () {
          deferred[method](value);
        });
      });
    }

    function pause() {
      var former = request;
      clearTimeout(stream.timer);
      request = stream.timer = undefined;
      if (former) former.abort();
    }

    function end() {
      pause();
      if (streams[url] === stream) delete streams[url];
    }

    function stop(reason) {
      end();
      each("reject", reason);
      stream.users = [];
    }

    function leave(deferred) {
      stream.users = $.grep(stream.users, function (user) {
        return user !== deferred;
      });
      if (stream.users.length || streams[url] !== stream) return;
      end();
      keep();
    }

    // Keeps the id of a page that is left, for the next page of this tab, which is the same viewer.
    // It is removed when it is read: a duplicated tab must not have the id of an open stream, or
    // the two would supersede one another in turn. A page may have no storage.
    function keep() {
      try {
        sessionStorage[name] = lastEventId || "";
      } catch (_) {}
    }

    function start(atOnce) {
      // A page that is rendered before a visit is not watched.
      if (!awake || document.prerendering) return;
      try {
        lastEventId = sessionStorage[name] || lastEventId;
        delete sessionStorage[name];
      } catch (_) {}
      if (!request && (atOnce || !stream.timer)) connect();
    }

    function connect() {
      pause();
      read = totals = 0;
      data = [];
      liveSince = retryIsKnown = totalAt = undefined;
      var address = url;
      // The former stream is named in the query, as a field of the head makes browsers ask by
      // OPTIONS first.
      if (lastEventId) {
        address += /\?/.test(url) ? "&" : "?";
        address += "lastEventId=" + encodeURIComponent(lastEventId);
      }
      var mine = (request = new XMLHttpRequest());
      mine.open("GET", address);
      mine.setRequestHeader("Accept", "text/event-stream");
      // A request that was aborted here is ignored. For one that failed, the end is enough.
      mine.onprogress = function () {
        if (mine === request) take(mine);
      };
      mine.onloadend = function () {
        if (mine === request) take(mine);
        if (mine === request) ended(mine.status);
      };
      mine.send();
      expectBytes(mine);
    }

    // A quiet stream repeats its total (every 25 s by default), so silence means that the
    // connection is dead. But where only the greeting and the change that it caused have come, this
    // server may repeat later than was expected: the next timeout is longer.
    function expectBytes(mine) {
      clearTimeout(stream.timer);
      stream.timer = setTimeout(function () {
        if (liveSince && totals < 3) timeout += 65000;
        mine.abort();
      }, timeout);
    }

    function takeTotal(total) {
      var now = Date.now(), pause = now - totalAt;
      // A pause beyond the timeout is that of a computer that slept.
      if (pause < timeout) longest = Math.max(longest, pause);
      totalAt = now;
      if (++totals > 2) timeout = longest + 40000;
      each("notify", (stream.total = total));
    }

    function take(mine) {
      if (mine.status !== 200) return;
      var text = mine.responseText.slice(read);
      // The last line may be incomplete. A CR at the very end waits for the LF that may follow it.
      var lines = text.split(/\r\n|\n|\r(?!$)/);
      read += text.length - lines.pop().length;
      for (var i = 0; i < lines.length && mine === request; i++) line(lines[i]);
      if (mine !== request) return;
      expectBytes(mine);
      // The request keeps all text that it received, so it is replaced after a megabyte.
      if (read > 1e6) mine.abort();
    }

    function line(text) {
      var field = /^([^:]*):? ?(.*)/.exec(text);
      if (field[1] === "data") data.push(field[2]);
      if (field[1] === "id") lastEventId = field[2];
      if (field[1] === "retry") {
        if (field[2] === "-1") return stop("excluded");
        retryIsKnown = /^\d+$/.test(field[2]);
        // At least a second, so that a wrong value does not cause a storm of requests.
        if (retryIsKnown) retry = Math.min(Math.max(field[2], 1000), 1e9);
      }
      if (!text && data.length) {
        var event = data.join("\n");
        data = [];
        liveSince = liveSince || Date.now();
        if (/^\d+$/.test(event)) takeTotal(parseInt(event, 10));
      }
    }

    function ended(status) {
      pause();
      if (status === 204) return stop("excluded");
      // Of the client errors, only 408 and 429 are temporary.
      if (/^4(?!08|29)/.test(status)) return stop("refused");
      // A full server sends the time to wait, which it spreads itself. Otherwise the wait grows
      // while streams do not last, and is random.
      if (liveSince && Date.now() - liveSince > 30000) failures = 0;
      var wait = retry;
      if (liveSince || !retryIsKnown) {
        wait += Math.random() * Math.min(retry * Math.pow(2, failures++), 30000);
      }
      stream.timer = setTimeout(connect, wait);
    }

    return stream;
  }

  function eachStream(action) {
    $.each(streams, function (_, stream) {
      action(stream);
    });
  }

  function sleep() {
    awake = false;
    clearTimeout(waking);
    eachStream(function (stream) {
      stream.pause();
      stream.keep();
    });
  }

  // A page that is shown again may be so just before the page that is left is hidden, and has to
  // wait for the id that this one keeps.
  function wake(event) {
    awake = true;
    clearTimeout(waking);
    waking = setTimeout(function () {
      eachStream(function (stream) {
        stream.start(event.type === "online");
      });
    }, event.type === "pageshow" ? 500 : 0);
  }

  $(window).on("pagehide", sleep).on("pageshow online", wake);
  $(document).on("freeze", sleep).on("resume prerenderingchange", wake);

  $.audience = function (url) {
    var deferred = $.Deferred();

    if (typeof window.audience === "function") {
      var meter = window.audience(url).on("total", deferred.notify).on("close", deferred.reject);
      return deferred.promise({
        close: function () {
          meter.close();
          deferred.resolve();
        },
      });
    }

    // Where the page's own address has a password, so has a relative URL, which browsers refuse.
    var link = $("<a>").prop("href", url)[0];
    link.username = link.password = link.hash = "";
    url = link.href;
    var stream = streams[url] || (streams[url] = openStream(url));
    stream.users.push(deferred);
    if (stream.total >= 0) deferred.notify(stream.total);
    stream.start();
    return deferred.promise({
      close: function () {
        deferred.resolve();
        stream.leave(deferred);
      },
    });
  };
})(jQuery);
