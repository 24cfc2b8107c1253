type Json = unknown;

/**
 * Where a value differs in shape from a documented example: members that lack or are too many, other types, values outside an enum.
 * The examples made from schemas say types ("<string:date>") and enums ("a|b") for values. Null stands for anything, both ways.
 */
export function differences(example: Json, value: Json, path = '$'): string[] {
  if (example === null || value === null || value === undefined) return [];
  if (Array.isArray(example)) {
    if (!Array.isArray(value)) return [`${path}: no array`];
    return example.length === 0 ? [] : value.flatMap((one, index) => differences(example[0], one, `${path}[${index}]`));
  }
  if (typeof example === 'object') return typeof value === 'object' ? ofMembers(example, value, path) : [`${path}: no object`];
  if (typeof example === 'string') return ofText(example, value).map((wrong) => `${path}: ${wrong}`);
  return typeof value === typeof example ? [] : [`${path}: ${typeof value} for ${typeof example}`];
}

function ofMembers(example: object, value: object, path: string): string[] {
  const known = example as Record<string, Json>;
  const given = value as Record<string, Json>;
  const lacking = Object.keys(known).filter((key) => !(key in given));
  const extra = Object.keys(given).filter((key) => !(key in known));
  const both = Object.keys(known).filter((key) => key in given);
  return [
    ...lacking.map((key) => `${path}.${key}: lacks`),
    ...extra.map((key) => `${path}.${key}: unknown`),
    ...both.flatMap((key) => differences(known[key], given[key], `${path}.${key}`)),
  ];
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?$/,
  time: /^\d\d:\d\d(:\d\d)?$/,
};
const SHAPES = [
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  /^\d{4}-\d\d-\d\d$/,
  /^[0-9a-f]{8}-[0-9a-f-]{27}$/,
];

function ofText(example: string, value: Json): string[] {
  const [, type, format] = /^<(string|integer|number|boolean)(?::([\w-]+))?>$/.exec(example) ?? [];
  if (type) {
    const right = type === 'integer' ? Number.isInteger(value) : typeof value === type;
    if (!right) return [`${typeof value} for ${example}`];
    return format && FORMATS[format] && value !== '' && !FORMATS[format].test(String(value))
      ? [`${String(value)} for ${example}`]
      : [];
  }
  if (typeof value !== 'string') return [`${typeof value} for a string`];
  if (/^[\w-]+(\|[\w-]+)+$/.test(example)) return example.split('|').includes(value) ? [] : [`${value} is none of ${example}`];
  const shape = SHAPES.find((pattern) => pattern.test(example));
  return shape && value !== '' && !shape.test(value) ? [`${value} is written unlike ${example}`] : [];
}
