// SPDX-License-Identifier: AGPL-3.0-or-later
// Checks a CloudFormation template against the schemas that AWS publishes for its resources (as the CDK packs them):
// types, names of properties, required ones, allowed words, and that whatever is referred to exists and is used.
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import yaml from "js-yaml";

const short = ["Ref", "Condition", "Base64", "GetAtt", "Sub", "Select", "GetAZs", "Join", "If", "Equals", "Not", "And", "Or", "FindInMap", "Split", "Cidr"];
const plain = new Set(["Ref", "Condition"]);
const tags = short.flatMap((name) => ["scalar", "sequence", "mapping"].map((kind) => new yaml.Type(`!${name}`, {
  kind,
  construct: (value) => ({
    [plain.has(name) ? name : `Fn::${name}`]: name === "GetAtt" && typeof value === "string" ? value.split(/\.(.*)/s).slice(0, 2) : value,
  }),
})));
const schema = yaml.JSON_SCHEMA.extend(tags); // no dates: a policy's Version is a word

export const parse = (text) => yaml.load(text, { schema });

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const functionOf = (value) => isObject(value) && Object.keys(value).length === 1 && /^(Ref|Condition|Fn::\w+)$/.test(Object.keys(value)[0]) ? Object.keys(value)[0] : undefined;

let database;

/** What a template says wrongly, as sentences; an empty list is what one wants. */
export function lint(template) {
  database ??= loadAwsServiceSpecSync();
  const faults = [];
  const used = { parameters: new Set(), conditions: new Set() };
  const { Resources: resources = {}, Parameters: parameters = {}, Conditions: conditions = {} } = template;
  const specs = new Map();
  for (const [name, { Type: type }] of Object.entries(resources)) {
    const [spec] = database.lookup("resource", "cloudFormationType", "equals", type);
    if (spec) specs.set(name, spec);
    else faults.push(`${name}: there is no type ${type}`);
  }

  const refer = (name, where) => {
    if (name.startsWith("AWS::")) return;
    if (name in parameters) used.parameters.add(name);
    else if (!(name in resources)) faults.push(`${where}: there is no ${name}`);
  };
  const getAttribute = ([name, attribute], where) => {
    if (!(name in resources)) return faults.push(`${where}: there is no resource ${name}`);
    const spec = specs.get(name);
    if (spec && !(attribute in spec.attributes)) faults.push(`${where}: ${spec.cloudFormationType} has no attribute ${attribute}`);
  };
  const substitute = (argument, where) => {
    const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
    for (const [, name] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) {
      if (name in given) continue;
      if (name.includes(".")) getAttribute(name.split(/\.(.*)/s), where);
      else refer(name, where);
    }
    for (const name of Object.keys(given)) if (!text.includes(`\${${name}}`)) faults.push(`${where}: ${name} is given and not used`);
    follow(given, where);
  };
  const condition = (name, where) => {
    used.conditions.add(name);
    if (!(name in conditions)) faults.push(`${where}: there is no condition ${name}`);
  };
  function follow(value, where) {
    if (Array.isArray(value)) return value.forEach((item, i) => follow(item, `${where}[${i}]`));
    if (!isObject(value)) return;
    const name = functionOf(value);
    if (name === "Ref") return refer(value.Ref, where);
    if (name === "Fn::GetAtt") return getAttribute(value[name], where);
    if (name === "Fn::Sub") return substitute(value[name], where);
    if (name === "Fn::If") {
      condition(value[name][0], where);
      return follow(value[name].slice(1), where);
    }
    if (name === "Condition") return condition(value.Condition, where);
    for (const [key, item] of Object.entries(value)) follow(item, `${where}.${key}`);
  }

  const typeFaults = (value, type, where) => {
    const name = functionOf(value);
    if (name === "Fn::If") return value[name].slice(1).flatMap((branch) => typeFaults(branch, type, where));
    if (name) return []; // known only when it is deployed
    switch (type.type) {
      case "ref":
        return isObject(value) ? objectFaults(value, database.get("typeDefinition", type.reference.$ref).properties, where) : [`${where}: should be a map`];
      case "array":
        return Array.isArray(value) ? value.flatMap((item, i) => typeFaults(item, type.element, `${where}[${i}]`)) : [`${where}: should be a list`];
      case "map":
        return isObject(value) ? Object.entries(value).flatMap(([key, item]) => typeFaults(item, type.element, `${where}.${key}`)) : [`${where}: should be a map`];
      case "union": {
        const all = type.types.map((one) => typeFaults(value, one, where));
        return all.find((found) => found.length === 0) ?? all.sort((a, b) => a.length - b.length)[0];
      }
      case "string":
        if (typeof value === "object") return [`${where}: should be a word`];
        return type.allowedValues && !type.allowedValues.includes(String(value)) ? [`${where}: ${value} is none of ${type.allowedValues.join(", ")}`] : [];
      case "integer":
      case "number":
        return Number.isFinite(Number(value)) && typeof value !== "object" ? [] : [`${where}: should be a number`];
      case "boolean":
        return ["true", "false"].includes(String(value)) ? [] : [`${where}: should be true or false`];
      default:
        return []; // json, date-time, tag
    }
  };
  const objectFaults = (value, properties, where) => [
    ...Object.keys(value).filter((name) => !(name in properties)).map((name) => `${where}: there is no property ${name}`),
    ...Object.entries(properties).filter(([name, { required }]) => required && !(name in value)).map(([name]) => `${where}: ${name} is missing`),
    ...Object.entries(value).filter(([name]) => name in properties).flatMap(([name, item]) => typeFaults(item, properties[name].type, `${where}.${name}`)),
  ];

  for (const [name, resource] of Object.entries(resources)) {
    const spec = specs.get(name);
    if (spec) faults.push(...objectFaults(resource.Properties ?? {}, spec.properties, name));
    for (const other of [resource.DependsOn ?? []].flat()) if (!(other in resources)) faults.push(`${name}: depends on ${other}, which isn't there`);
    const known = ["Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Metadata"];
    for (const key of Object.keys(resource)) if (!known.includes(key)) faults.push(`${name}: there is no ${key}`);
    if (resource.Condition) condition(resource.Condition, name);
    follow(resource, name);
  }
  for (const section of ["Conditions", "Outputs", "Rules"]) follow(template[section] ?? {}, section);
  for (const name of Object.keys(parameters)) if (!used.parameters.has(name)) faults.push(`parameter ${name} is not used`);
  for (const name of Object.keys(conditions)) if (!used.conditions.has(name)) faults.push(`condition ${name} is not used`);
  return faults;
}
