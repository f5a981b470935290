// Writes the shapes of the API, as the OpenAPI document has them, for the type checker: node types.mjs OPENAPI TARGET [--check]

import { readFileSync, writeFileSync } from 'node:fs';

const [openapi, target, check] = process.argv.slice(2);
const { schemas } = JSON.parse(readFileSync(openapi, 'utf8')).components;

/** Writes a schema as a type. */
function type(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  const any = schema.oneOf ?? schema.anyOf;
  if (any) return any.map(type).join(' | ');
  if (schema.allOf) return schema.allOf.map(type).join(' & ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const kinds = [schema.type ?? 'unknown'].flat();
  return kinds.map((kind) => plain(kind, schema)).join(' | ');
}

function plain(kind, schema) {
  if (kind === 'integer' || kind === 'number') return 'number';
  if (kind === 'array') return `(${type(schema.items ?? {})})[]`;
  if (kind !== 'object') return kind;
  if (schema.properties) return fields(schema);
  const { additionalProperties: values } = schema;
  return `Record<string, ${values && values !== true && Object.keys(values).length > 0 ? type(values) : 'any'}>`;
}

function fields({ properties, required = [] }) {
  const lines = Object.entries(properties).map(([name, schema]) => `    ${name}${required.includes(name) ? '' : '?'}: ${type(schema)};`);
  return `{\n${lines.join('\n')}\n  }`;
}

const text = [
  '// The shapes of the HTTP API, written by `cargo xtask vendor` from crates/server/openapi.json; edit nothing here.',
  'declare namespace Api {',
  ...Object.entries(schemas).map(([name, schema]) => `  type ${name} = ${type(schema)};`),
  '}',
  '',
].join('\n');
const former = read();
if (!check) writeFileSync(target, text);
else if (former !== text) {
  console.error(`${target} is not what the API says; write it anew with\n  cargo xtask vendor`);
  process.exitCode = 1;
}

function read() {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return undefined;
  }
}
