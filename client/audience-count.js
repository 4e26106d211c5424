// A custom element that joins a namespace and shows its total. Load it after audience.js.
//
//   <audience-count src="//example.com/football" one="person" other="people"></audience-count>
//
// Attributes: `src`, the URL; `viewer`, `watch`, `share` and `ping` as of `audience` (the last two
// need their files); `compact` for "1.2M"; `one`, `other` and the other plural forms (`zero`,
// `two`, `few`, `many`) for a label after the number, in the language of the page. The number is
// written as the visitor's language does it. What stands between the tags is shown until the first
// total comes.
//
// Parts to style: `count`, `label`, and on both the state, which is `connecting`, `live`, `waiting`
// or `stopped`. Events: "total" and "message" (`detail` has the value), "open", "retry" and
// "close". Property: `total`, undefined before the first one. Screen readers are told the first
// total, and then a new one every 20 seconds at most (`aria-live`).
if (globalThis.customElements && !customElements.get("audience-count")) {
  const plurals = ["zero", "one", "two", "few", "many", "other"];
  const flags = ["watch", "share", "ping"];
  const states = { open: "live", retry: "waiting", close: "stopped" };

  class AudienceCount extends HTMLElement {
    static observedAttributes = ["src", "viewer", ...flags, "compact", "lang", ...plurals];
    #meter;
    #parts = {};
    #state = "connecting";
    #announceAt = 0;
    #announcement;
    #isChanged;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      const add = (tag, name) => {
        const element = root.appendChild(document.createElement(tag));
        if (name) element.setAttribute("part", name);
        return element;
      };
      const style = add("style");
      style.textContent =
        ":host{font-variant-numeric:tabular-nums}[hidden]{display:none}" +
        "[role]{position:absolute;overflow:hidden;width:1px;height:1px;clip-path:inset(50%)}";
      const empty = add("slot");
      // Screen readers get the sentence instead, at their pace.
      const [count, label] = ["count", "label"].map((name) => add("span", name));
      for (const part of [count, label]) part.setAttribute("aria-hidden", true);
      const spoken = add("span");
      spoken.setAttribute("role", "status");
      spoken.setAttribute("aria-live", "polite");
      this.#parts = { empty, count, label, spoken };
    }

    connectedCallback() {
      this.#join();
    }

    disconnectedCallback() {
      clearTimeout(this.#announcement);
      this.#meter?.close();
      this.#meter = undefined;
    }

    attributeChangedCallback(name) {
      if (!this.#meter || this.#isChanged) return;
      if (!["src", "viewer", ...flags].includes(name)) return this.#show();
      // Several attributes that change together are one change.
      this.#isChanged = true;
      queueMicrotask(() => {
        this.#isChanged = false;
        if (!this.#meter) return;
        this.disconnectedCallback();
        this.#join();
      });
    }

    #join() {
      const url = this.getAttribute("src");
      this.total = undefined;
      this.#state = "connecting";
      this.#show();
      if (url == null) return void (this.#meter = { close() {} });
      const options = { viewer: this.getAttribute("viewer") };
      for (const flag of flags) options[flag] = this.hasAttribute(flag);
      this.#meter = audience(url, options);
      for (const name of ["open", "retry", "close", "total", "message"]) {
        this.#meter.on(name, (detail) => {
          if (name == "total") this.total = detail;
          this.#state = states[name] ?? this.#state;
          if (name != "message") this.#show();
          this.dispatchEvent(new CustomEvent(name, { detail }));
        });
      }
    }

    #show() {
      const { empty, count, label, spoken } = this.#parts;
      const { total } = this;
      empty.hidden = total != null;
      for (const [name, part] of Object.entries({ count, label })) {
        part.setAttribute("part", `${name} ${this.#state}`);
      }
      let number = "", word = "";
      if (total != null) {
        const notation = this.hasAttribute("compact") ? "compact" : "standard";
        number = new Intl.NumberFormat([], { notation }).format(total);
        word = this.getAttribute(this.#pluralOf(total)) ?? this.getAttribute("other") ?? "";
      }
      count.textContent = number;
      label.textContent = word && " " + word;
      clearTimeout(this.#announcement);
      const sentence = number + label.textContent;
      if (!sentence || sentence == spoken.textContent) return;
      this.#announcement = setTimeout(() => {
        spoken.textContent = sentence;
        this.#announceAt = Date.now() + 20000;
      }, this.#announceAt - Date.now());
    }

    // The form that the page's language has for a number.
    #pluralOf(total) {
      const language = this.closest("[lang]")?.lang;
      try {
        return new Intl.PluralRules(language || []).select(total);
      } catch {
        return "other";
      }
    }
  }

  customElements.define("audience-count", AudienceCount);
}
