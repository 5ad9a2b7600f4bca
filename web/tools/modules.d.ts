// SPDX-License-Identifier: AGPL-3.0-or-later
declare module "virtual:engine-wasm-url" {
  /** Where to fetch the mixing engine; empty if none was built. */
  const url: string;
  export default url;
}
declare module "icon:*" {
  /** What stands between <svg> and </svg>. */
  const inside: string;
  export default inside;
}
declare module "subset-font" {
  interface Options {
    targetFormat: "woff2";
    variationAxes: Record<string, { min: number; max: number }>;
  }
  export default function subsetFont(font: Buffer, text: string, options: Options): Promise<Buffer>;
}
