// Counts this page in a namespace of audience-meter, and tells it the total, live.
//
//   var meter = $.audience("//example.com/football").progress(function (total) { … });
//   meter.close();
//
// The promise is notified of each total, a whole number; messages to the namespace are no totals
// and are left out. `close` leaves and resolves it. When the server ends the stream for good, since
// this viewer id was opened elsewhere or there is no such stream, it is rejected with a reason,
// "excluded" or "refused".
//
// It needs jQuery 1.7 or later and nothing else. Whoever asks for the same URL on one page shares
// one stream, and so counts once. With audience.js on the page too, that one holds the stream.
(function ($) {
  "use strict";

  var streams = {}; // By absolute URL, while somebody uses them.
  var awake = true; // False while the page is frozen or in the back/forward cache.

  // One stream, shared by the deferreds of all who asked for it. It is read with XMLHttpRequest,
  // since an EventSource hides `retry: -1`, by which the server says "watched elsewhere", and
  // brings a whole crowd back at the same instant when a server restarts.
  function openStream(url) {
    var stream = { users: [], connect: connect, pause: pause, leave: leave };
    var retry = 2000, failures = 0, patience = 65000;
    var request, lastEventId, read, data, liveSince, retryTold;

    // In tasks of their own: a callback that throws harms neither the stream nor the others.
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
      if (!stream.users.length) end();
    }

    function connect(atOnce) {
      if (!awake || request || (stream.timer && !atOnce)) return;
      pause();
      read = 0;
      data = [];
      liveSince = retryTold = undefined;
      var mine = (request = new XMLHttpRequest());
      mine.open("GET", url);
      mine.setRequestHeader("Accept", "text/event-stream");
      if (lastEventId) mine.setRequestHeader("Last-Event-ID", lastEventId);
      // Of what was aborted here, nothing is wanted; of what was cut, the end is enough.
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

    // Silence much longer than the server's own repetitions is a dead connection; or else a slower
    // server, which deserves more patience. Text piles up in the request: a megabyte is enough.
    function expectBytes(mine) {
      clearTimeout(stream.timer);
      stream.timer = setTimeout(function () {
        patience += 65000;
        mine.abort();
      }, patience);
    }

    function take(mine) {
      if (mine.status !== 200) return;
      var text = mine.responseText.slice(read);
      // The last line may still grow. A CR at the very end waits for the LF that may follow it.
      var lines = text.split(/\r\n|\n|\r(?!$)/);
      read += text.length - lines.pop().length;
      expectBytes(mine);
      for (var i = 0; i < lines.length && mine === request; i++) line(lines[i]);
      if (mine === request && read > 1e6) mine.abort();
    }

    function line(text) {
      var field = /^([^:]*):? ?(.*)/.exec(text);
      if (field[1] === "data") data.push(field[2]);
      if (field[1] === "id") lastEventId = field[2];
      if (field[1] === "retry") {
        if (field[2] === "-1") return stop("excluded");
        retryTold = /^\d+$/.test(field[2]);
        // At least a second, so that no slip of a server makes a storm.
        if (retryTold) retry = Math.min(Math.max(field[2], 1000), 1e9);
      }
      if (!text && data.length) {
        var event = data.join("\n");
        data = [];
        liveSince = liveSince || Date.now();
        if (/^\d+$/.test(event)) each("notify", (stream.total = parseInt(event, 10)));
      }
    }

    function ended(status) {
      pause();
      if (status === 204) return stop("excluded");
      // Of the client's errors, only a timeout and too many requests pass by themselves.
      if (/^4(?!08|29)/.test(status)) return stop("refused");
      // A server that is full says when to come back, and spreads its answers itself. Otherwise
      // the wait grows while streams do not last, and differs from page to page.
      if (liveSince && Date.now() - liveSince > 30000) failures = 0;
      var wait = retry;
      if (liveSince || !retryTold) {
        wait += Math.random() * Math.min(retry * Math.pow(2, failures++), 30000);
      }
      stream.timer = setTimeout(function () {
        connect(true);
      }, wait);
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
    eachStream(function (stream) {
      stream.pause();
    });
  }

  function wake(event) {
    awake = true;
    eachStream(function (stream) {
      stream.connect(event.type === "online");
    });
  }

  $(window).on("pagehide", sleep).on("pageshow online", wake);
  $(document).on("freeze", sleep).on("resume", wake);

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

    url = $("<a>").prop("href", url)[0].href;
    var stream = streams[url] || (streams[url] = openStream(url));
    stream.users.push(deferred);
    if (stream.total >= 0) deferred.notify(stream.total);
    stream.connect();
    return deferred.promise({
      close: function () {
        deferred.resolve();
        stream.leave(deferred);
      },
    });
  };
})(jQuery);
