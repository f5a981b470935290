// Verifies a permit offline: node verify.mjs TOKEN JWKS_FILE ARGS_FILE
//
// Exits 0 when the permit was signed by a key of the set, has not expired, and is for exactly these arguments.
// Exits 1 otherwise, and says why. Node 20 or later, no dependency.

import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

class Refused extends Error {}

function refuseUnless(condition, reason) {
  if (!condition) throw new Refused(reason);
}

/** Decodes base64url, and nothing that only resembles it. */
function decode(text) {
  const bytes = Buffer.from(text, "base64url");
  refuseUnless(bytes.toString("base64url") === text, "the permit is not base64url");
  return bytes;
}

function parse(text, what) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${what} is not JSON`);
  }
}

/** Returns the claims of a token that one of `keys` signed and that holds at `now` (Unix seconds). */
function verifyPermit(token, keys, now) {
  const parts = token.trim().split(".");
  refuseUnless(parts.length === 3, "the permit is not a compact JWS");
  const [header, claims, signature] = parts.map(decode);
  const { alg, typ, kid } = parse(header, "the permit's header");
  // The algorithm is fixed here; it is never taken from the token.
  refuseUnless(alg === "EdDSA" && typ === "syndic-permit+jwt", "the token is not a permit of syndic");
  const jwk = (keys.keys ?? []).find((key) => key.kid === kid && key.kty === "OKP" && key.crv === "Ed25519");
  refuseUnless(jwk, `the permit is signed by key ${JSON.stringify(kid)}, which is not in the key set`);
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: "jwk" });
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  refuseUnless(verify(null, signed, key, signature), "the permit's signature does not match");
  const permit = parse(claims, "the permit's content");
  refuseUnless(permit.iss === "syndic", "the permit was not issued by syndic");
  refuseUnless(Number.isInteger(permit.exp) && permit.exp > now, `the permit expired at ${permit.exp}`);
  return permit;
}

/**
 * Writes arguments as syndic digests them: RFC 8785, members sorted by UTF-16 code units, no white space.
 * syndic keeps numbers exact; Node reads them as doubles, which hold 15 digits, so a longer one is refused here.
 */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  if (typeof value === "number") {
    refuseUnless(value >= 0 && !Object.is(value, -0), "the arguments have a negative number");
    const digits = String(value).replace(".", "").replace(/^0+/, "");
    refuseUnless(/^\d{0,15}$/.test(digits), "the arguments have a number of more than 15 digits");
  }
  return JSON.stringify(value);
}

function argsDigest(args) {
  return createHash("sha256").update(canonical(args)).digest("hex");
}

function main([token, jwksFile, argsFile]) {
  refuseUnless(argsFile, "usage: node verify.mjs TOKEN JWKS_FILE ARGS_FILE");
  const keys = parse(readFileSync(jwksFile, "utf8"), jwksFile);
  const args = parse(readFileSync(argsFile, "utf8"), argsFile);
  const permit = verifyPermit(token, keys, Math.floor(Date.now() / 1000));
  refuseUnless(argsDigest(args) === permit.args_digest, "the permit is for other arguments; do not run the tool");
  return `valid: ${permit.sub} may run ${permit.action} once (action ${permit.jti}, record ${permit.record})`;
}

try {
  console.log(main(process.argv.slice(2)));
} catch (error) {
  console.error(`refused: ${error.message}`);
  process.exitCode = 1;
}
