// The types of audience.js, which defines the global `audience`, and of the files that add to it.

interface AudienceOptions {
  /** A viewer id, the second segment of the path. The daemon must have `--viewer-ids`. */
  viewer?: string | null;
  /** Sees the total without being counted. */
  watch?: boolean;
  /** One stream for all tabs of a browser. Needs audience-share.js. */
  share?: boolean;
  /** No stream but a short request now and then. Needs audience-ping.js. */
  ping?: boolean;
}

interface AudienceOfManyOptions extends Omit<AudienceOptions, "watch"> {
  /** The namespaces of which the totals are seen, as in their addresses. */
  watch: readonly string[];
}

interface AudienceMeter<Total = number, Message = string> {
  /** How many are watching: the latest total at once, if there is one, and then each new one. */
  on(name: "total", listener: (total: Total) => void): this;
  /** A message to the namespace, "service=text". */
  on(name: "message", listener: (message: Message) => void): this;
  /** The stream is live. */
  on(name: "open", listener: () => void): this;
  /** The stream was lost, and is opened again in so many milliseconds. */
  on(name: "retry", listener: (milliseconds: number) => void): this;
  /** The server ended the stream for good: the viewer id was opened elsewhere, or there is none. */
  on(name: "close", listener: (why: "excluded" | "refused") => void): this;
  /** Leaves. No listener is called after this. */
  close(): void;
}

/** Joins a namespace, by its URL. */
declare function audience(url: string | URL, options?: AudienceOptions): AudienceMeter;

/** Sees several namespaces of a daemon, by its URL, without being counted. */
declare function audience(
  url: string | URL,
  options: AudienceOfManyOptions
): AudienceMeter<Record<string, number>, { namespace: string; text: string }>;

/** The element of audience-count.js. */
interface AudienceCountElement extends HTMLElement {
  /** The latest total; undefined before the first one. */
  readonly total?: number;
}

interface HTMLElementTagNameMap {
  "audience-count": AudienceCountElement;
}
