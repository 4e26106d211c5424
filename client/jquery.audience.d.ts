/// <reference types="jquery" />

interface JQueryStatic {
  /** Joins a namespace. The promise is notified of each total, and rejected with a reason. */
  audience(
    url: string
  ): JQuery.Promise<void, "excluded" | "refused", number> & { close(): void };
}
