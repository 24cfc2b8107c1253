/**
 * node tools/k8s/schema.mjs < lists.json: what an API server with strict decoding would refuse of each list of objects, as a list of
 * texts for each. No API server: the fields and types are those of @kubernetes/client-node's generated maps (unknown fields), the values those of the schemas
 * in kubernetes-models (required fields, enumerations, formats). A process of its own, since both are slow to load inside jest.
 */
import * as kubernetes from '@kubernetes/client-node';
import { text } from 'node:stream/consumers';

const PRIMITIVES = new Set(['string', 'number', 'boolean']);
/** `apps/v1` → V1, `v1` → V1: how client-node begins the name of a type. */
const prefixOf = (apiVersion) => {
  const version = apiVersion.split('/').at(-1);
  return version[0].toUpperCase() + version.slice(1);
};
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function unknownFields(type, value, path) {
  if (value === null || value === undefined || type === 'any' || type === 'Date') return [];
  const list = /^Array<(.*)>$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) return [`${path}: expected a list`];
    return value.flatMap((item, index) => unknownFields(list[1], item, `${path}[${index}]`));
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) {
    if (!isObject(value)) return [`${path}: expected a map`];
    return Object.entries(value).flatMap(([key, item]) => unknownFields(map[1], item, `${path}.${key}`));
  }
  if (type === 'IntOrString') return ['string', 'number'].includes(typeof value) ? [] : [`${path}: expected a number or text`];
  if (PRIMITIVES.has(type)) return typeof value === type ? [] : [`${path}: expected ${type}, got ${typeof value}`];
  return fieldsOf(type, value, path);
}

function fieldsOf(type, value, path) {
  const fields = kubernetes[type]?.getAttributeTypeMap?.();
  if (!fields) return [`${path}: client-node knows no type ${type}`];
  if (!isObject(value)) return [`${path}: expected an object`];
  return Object.entries(value).flatMap(([key, item]) => {
    const field = fields.find(({ baseName }) => baseName === key);
    return field ? unknownFields(field.type, item, `${path}.${key}`) : [`${path}.${key}: no such field`];
  });
}

/** An API group and version is a folder of the package. */
async function refusedValues(object, name) {
  const models = await import(`kubernetes-models/${object.apiVersion}`);
  const Model = models[object.kind];
  if (!Model) return [`${name}: kubernetes-models knows no ${object.apiVersion} ${object.kind}`];
  try {
    new Model(object).validate();
    return [];
  } catch (error) {
    return [`${name}: ${error.message}`];
  }
}

const problemsOf = async (object) => {
  const name = `${object.kind}/${object.metadata?.name}`;
  return [...unknownFields(`${prefixOf(object.apiVersion)}${object.kind}`, object, name), ...(await refusedValues(object, name))];
};
const lists = JSON.parse(await text(process.stdin));
const answers = lists.map(async (objects) => (await Promise.all(objects.map(problemsOf))).flat());
process.stdout.write(JSON.stringify(await Promise.all(answers)));
