// SPDX-License-Identifier: AGPL-3.0-or-later
// The JSON Schema that docs/api/openapi.yaml speaks, and no more: a keyword that isn't known here is an error, and so
// is a property of an answer that the document doesn't name.
const said = new Set(["description", "examples", "default", "format", "title"]); // nothing to check

const checks = {
  type: (wanted, value) => [wanted].flat().some((type) => isA(type, value)) || `isn't ${wanted}`,
  enum: (wanted, value) => wanted.includes(value) || `isn't one of ${wanted}`,
  const: (wanted, value) => value === wanted || `isn't ${wanted}`,
  minimum: (least, value) => value >= least || `is below ${least}`,
  maximum: (most, value) => value <= most || `is above ${most}`,
  minLength: (least, value) => [...value].length >= least || `is shorter than ${least}`,
  maxLength: (most, value) => [...value].length <= most || `is longer than ${most}`,
  maxItems: (most, value) => value.length <= most || `has more than ${most}`,
  required: (names, value) => names.every((name) => name in value) || `lacks ${names.filter((n) => !(n in value))}`,
};

function isA(type, value) {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return value !== null && typeof value === "object" && !Array.isArray(value);
  return typeof value === type;
}

const isTime = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));

function* propertyFaults(document, schema, value, at) {
  for (const [name, inner] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known) yield* faults(document, known, inner, `${at}.${name}`);
    else yield `${at}.${name} isn't in the document`;
  }
}

/** What is wrong with `value`, as sentences. */
export function* faults(document, schema, value, at = "answer") {
  if (schema.$ref) return yield* faults(document, resolve(document, schema), value, at);
  const type = schema.type === undefined ? true : checks.type(schema.type, value);
  if (type !== true) return yield `${at} ${type}`;
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (said.has(keyword) || ["type", "properties", "additionalProperties", "items"].includes(keyword)) continue;
    if (!checks[keyword]) throw new Error(`${at}: this reader doesn't know ${keyword}`);
    const verdict = checks[keyword](wanted, value);
    if (verdict !== true) yield `${at} ${verdict}`;
  }
  if (schema.format === "date-time" && !isTime(value)) yield `${at} isn't a time: ${value}`;
  if (schema.type === "object") yield* propertyFaults(document, schema, value, at);
  if (schema.type === "array")
    for (const [i, item] of value.entries()) yield* faults(document, schema.items, item, `${at}[${i}]`);
}

/** What a $ref names. */
export function resolve(document, thing) {
  if (!thing.$ref) return thing;
  const found = thing.$ref.replace(/^#\//, "").split("/").reduce((node, name) => node?.[name], document);
  if (!found) throw new Error(`${thing.$ref} isn't there`);
  return resolve(document, found);
}
