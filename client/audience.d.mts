/// <reference path="./audience.d.ts" />

declare const meter: typeof globalThis.audience;
export { meter as audience, meter as default };
