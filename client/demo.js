// The page of one event. It joins the namespace and shows the total live.
const element = (id) => document.getElementById(id);
const { namespace, port } = document.documentElement.dataset;

// The streams are served from this host at the port that the daemon wrote into the page, or without
// one from the origin of this page. An IPv6 address keeps its brackets in `hostname`.
const streamURL = new URL(
  port ? `${location.protocol}//${location.hostname}:${port}` : location.origin
);
streamURL.pathname = "/" + namespace;
const embedURL = streamURL.href;

// A second segment of this page's own path is a viewer id: /football/ab12.
const viewerID = location.pathname.split("/")[2];
if (viewerID) streamURL.pathname += "/" + viewerID;

// A namespace is percent-encoded. It is shown decoded, if it can be decoded.
let name = namespace;
try {
  name = decodeURIComponent(namespace);
} catch {
  // It is no valid encoding, so it is shown as it is.
}
element("name").textContent = name;

// The title of the tab begins with the total, or with the state of a stream that is not live.
function showTitle(news) {
  document.title = `${news} · ${name}`;
}

// Numbers are written as in the language of the browser, like times.
const number = new Intl.NumberFormat();
const decimal = new Intl.NumberFormat([], { minimumFractionDigits: 1, maximumFractionDigits: 1 });

// The total is counted up or down to the new value within half a second, unless it is the first
// one, the page is hidden, or the user prefers reduced motion.
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
let latest;
let shown = 0;
let frame;

function show(value) {
  shown = value;
  const text = number.format(Math.round(value));
  const total = element("total");
  total.textContent = text;
  total.parentElement.style.setProperty("--digits", Math.max(text.length, 3));
}

function showTotal(total) {
  const isFirst = latest === undefined;
  latest = total;
  cancelAnimationFrame(frame);
  element("caption").textContent = total === 1 ? "person watching" : "people watching";
  showTitle(number.format(total));
  if (isFirst || stillness.matches || document.hidden) return show(total);

  const from = shown;
  const start = performance.now();
  const step = (now) => {
    const progress = Math.min(Math.max(now - start, 0) / 500, 1);
    show(from + (total - from) * (1 - (1 - progress) ** 3));
    if (progress < 1) frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
}

// The same for screen readers: a whole sentence, first at once, then at most every 20 seconds.
let announced = "";
let announceNext = 0;
let announcement;

function announce(total) {
  clearTimeout(announcement);
  announcement = setTimeout(() => {
    const sentence = total === 1 ? "1 person watching" : `${number.format(total)} people watching`;
    if (sentence === announced) return;
    element("spoken").textContent = announced = sentence;
    announceNext = Date.now() + 20000;
  }, announceNext - Date.now());
}

// The graph has steps from one total to the next, over all the time since the page was opened. It
// has at most 400 points. When there are more, every second one is dropped, so a page that is open
// for a day shows the whole day less finely. A point without a total is a gap in the connection.
const pointLimit = 400;
const opened = Date.now();
let points = [];
let lowest = Infinity;
let highest = -Infinity;

function addPoint(total) {
  if (points.length && points.at(-1).total === total) return;
  points.push({ time: Date.now(), total });
  if (points.length > pointLimit) points = points.filter((_, index) => index % 2 === 0);
  if (total === undefined) return;
  lowest = Math.min(lowest, total);
  highest = Math.max(highest, total);
}

// "40 s", "12 min", "3.5 h"
function span(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${number.format(seconds)} s`;
  if (seconds < 3600) return `${number.format(Math.floor(seconds / 60))} min`;
  return `${decimal.format(seconds / 3600)} h`;
}

function draw() {
  if (!points.length || document.hidden) return;
  const now = Date.now();
  const first = points[0].time;
  const x = (time) => ((600 * (time - first)) / Math.max(now - first, 1)).toFixed(1);
  // The bottom is 0, so that the area is in proportion to the totals.
  const y = (total) => (140 - (130 * total) / Math.max(highest, 1)).toFixed(1);

  let line = "";
  let area = "";
  points.forEach(({ time, total }, index) => {
    if (total === undefined) return;
    const from = x(time);
    const to = x(points[index + 1]?.time ?? now);
    const connected = points[index - 1]?.total !== undefined;
    line += `${connected ? "L" : "M"}${from} ${y(total)}H${to}`;
    area += `M${from} 140V${y(total)}H${to}V140Z`;
  });
  element("line").setAttribute("d", line);
  element("area").setAttribute("d", area);
  element("since").textContent = `${span(now - opened)} ago`;
  element("range").textContent = highest > lowest
    ? `lowest ${number.format(lowest)}, highest ${number.format(highest)}`
    : "";
  element("graph").hidden = now - first < 1000;
}

// The state of the stream. Screen readers do not announce the seconds that count down.
let comeback;

function showState(state, text) {
  comeback = undefined;
  element("countdown").textContent = "";
  element("state").dataset.state = state;
  element("state-text").textContent = text;
  element("meter").toggleAttribute("data-stale", state !== "live");
  if (state !== "live") showTitle(text);
}

function countDown() {
  if (!comeback) return;
  const seconds = Math.ceil((comeback - Date.now()) / 1000);
  element("countdown").textContent = seconds > 0 ? `in ${number.format(seconds)} s` : "now";
}

// The last five messages ("service=text"), the newest first. The text may come from anybody, so it
// is never taken for markup.
function showMessage(message) {
  const [, service, text] = /^([^=]*)=?([^]*)$/.exec(message);
  const item = document.createElement("li");
  const part = (tag, className, content) => {
    const child = item.appendChild(document.createElement(tag));
    child.className = className;
    child.dir = "auto";
    child.textContent = content;
  };
  part("span", "service", service);
  part("span", "text", text);
  part("time", "", new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  const list = element("message-list");
  list.prepend(item);
  while (list.children.length > 5) list.lastChild.remove();
  element("messages").removeAttribute("data-empty");
}

let meter;

function join() {
  meter?.close();
  element("rejoin").hidden = true;
  showState("waiting", "Connecting");
  meter = audience(streamURL.href)
    .on("open", () => showState("live", "Live"))
    .on("total", (total) => {
      showTotal(total);
      announce(total);
      addPoint(total);
      draw();
    })
    .on("message", showMessage)
    .on("retry", (milliseconds) => {
      showState("waiting", "Reconnecting");
      comeback = Date.now() + milliseconds;
      countDown();
      addPoint();
    })
    .on("close", (reason) => {
      const elsewhere = reason === "excluded";
      showState("stopped", elsewhere ? "Stopped: opened elsewhere" : "Stopped: no such event");
      element("rejoin").hidden = !elsewhere;
      if (!points.length) element("caption").textContent = "no count to show";
      addPoint();
    });
}

element("rejoin").addEventListener("click", join);
setInterval(() => {
  countDown();
  draw();
}, 1000);
// A hidden page is not animated, so the number must not stop half-way.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && latest !== undefined) {
    cancelAnimationFrame(frame);
    show(latest);
  }
  draw();
});

// The two lines to copy. Both addresses come from the URL parser, so they contain no quotation mark
// and no bracket that could end an attribute or a string, and no password of the page's address.
const script = `${location.origin}/client/audience.js`;
element("snippet").textContent =
  `<script src="${script}"></script>\n` +
  `<script>audience("${embedURL}").on("total", n => document.title = n)</script>`;

element("copy").addEventListener("click", async () => {
  const copy = element("copy");
  try {
    await navigator.clipboard.writeText(element("snippet").textContent);
  } catch {
    // Only secure pages have the clipboard; a selection can be copied everywhere.
    getSelection().selectAllChildren(element("snippet"));
    document.execCommand("copy");
  }
  copy.textContent = "Copied";
  setTimeout(() => (copy.textContent = "Copy"), 2000);
});

join();
