//! The permit: the value without which nothing runs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use syndic_ledger::Receipt;
use syndic_model::{ActionRequest, Arguments, Clock, EventId, SignedPermit};
use syndic_store::Committed;
use thiserror::Error;

/// How long a permit holds.
const LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// How far the clock of who verifies may be behind ours.
const SKEW_S: i64 = 30;

/// Leave to run one action. Made only from a record that is on disk.
#[derive(Debug)]
pub(crate) struct Permit {
    record: u64,
}

impl From<Committed<Receipt>> for Permit {
    fn from(receipt: Committed<Receipt>) -> Self {
        Self { record: receipt.get().index() }
    }
}

impl Permit {
    pub(crate) const fn record(&self) -> u64 {
        self.record
    }
}

/// What a permit says (the claims of its JWS).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitClaims {
    /// Always `syndic`.
    pub iss: String,
    /// The agent.
    pub sub: String,
    /// The action's id in the ledger.
    pub jti: String,
    /// The action.
    pub action: String,
    /// The tool, where one was named.
    pub tool: Option<String>,
    /// SHA-256 (hex) of the canonical arguments.
    pub args_digest: String,
    /// Position of the record in the ledger.
    pub record: u64,
    /// When it was made (Unix seconds).
    pub iat: i64,
    /// When it ends (Unix seconds).
    pub exp: i64,
}

/// Says why a permit does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PermitError {
    /// Not a compact JWS with our header.
    #[error("not a permit: a compact JWS with `alg` EdDSA is expected")]
    Malformed,
    /// The key set is not one.
    #[error("not a JWK set: the answer of `/.well-known/jwks.json` is expected")]
    KeySet,
    /// Signed by somebody else.
    #[error("signed by key `{0}`, which is not in the key set")]
    UnknownKey(String),
    /// The signature does not match.
    #[error("the signature does not match")]
    Signature,
    /// Made for longer than a permit lives, or not made yet.
    #[error("not valid at this time: it holds from {from} for {seconds} s; compare the clocks")]
    Lifetime {
        /// When it was made.
        from: Timestamp,
        /// How long it says it holds.
        seconds: i64,
    },
    /// Too late.
    #[error("expired at {0}")]
    Expired(Timestamp),
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    kid: String,
    alg: String,
    #[serde(rename = "use")]
    usage: String,
}

/// Signs permits with the data directory's key.
#[derive(Debug)]
pub(crate) struct PermitSigner {
    key: SigningKey,
    kid: String,
}

impl PermitSigner {
    /// Reads the signing key, or makes one readable by its owner alone.
    pub(crate) fn open(path: &Path, clock: &dyn Clock) -> std::io::Result<Self> {
        let seed = match std::fs::read(path) {
            Ok(bytes) => <[u8; 32]>::try_from(bytes).map_err(|_| {
                std::io::Error::other("the permit key has not 32 bytes; restore it from a backup")
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut seed = [0; 32];
                clock.fill(&mut seed);
                let mut file = std::fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path)?;
                file.write_all(&seed)?;
                file.sync_all()?;
                seed
            }
            Err(error) => return Err(error),
        };
        let key = SigningKey::from_bytes(&seed);
        let kid = thumbprint(&key.verifying_key());
        Ok(Self { key, kid })
    }

    pub(crate) fn sign(
        &self,
        permit: &Permit,
        event: EventId,
        request: &ActionRequest,
        args_digest: String,
        now: Timestamp,
    ) -> SignedPermit {
        let expires_at = now.saturating_add(LIFETIME).unwrap_or(now);
        let header =
            Header { alg: "EdDSA".into(), typ: "syndic-permit+jwt".into(), kid: self.kid.clone() };
        let claims = PermitClaims {
            iss: "syndic".to_owned(),
            sub: request.agent.to_string(),
            jti: event.to_string(),
            action: request.action.to_string(),
            tool: request.tool.as_ref().map(ToString::to_string),
            args_digest: args_digest.clone(),
            record: permit.record,
            iat: now.as_second(),
            exp: expires_at.as_second(),
        };
        let mut token = format!("{}.{}", encode_json(&header), encode_json(&claims));
        let signature = self.key.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        SignedPermit { token, args_digest, expires_at }
    }

    /// Returns the JWK set (RFC 7517, RFC 8037) that verifies our permits.
    pub(crate) fn key_set(&self) -> serde_json::Value {
        let x = URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes());
        serde_json::json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.kid, "alg": "EdDSA", "use": "sig"}
        ]})
    }
}

/// Verifies a permit offline against a JWK set.
///
/// # Errors
/// Says what is wrong with it; an expired permit is told apart from a forged one.
pub fn verify_permit(
    token: &str,
    key_set: &str,
    now: Timestamp,
) -> Result<PermitClaims, PermitError> {
    let (signed, signature) = token.trim().rsplit_once('.').ok_or(PermitError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(PermitError::Malformed)?;
    let header: Header = decode_json(header)?;
    if header.alg != "EdDSA" || header.typ != "syndic-permit+jwt" {
        return Err(PermitError::Malformed);
    }
    let keys: KeySet = serde_json::from_str(key_set).map_err(|_| PermitError::KeySet)?;
    let jwk = keys.keys.iter().find(|jwk| jwk.kid == header.kid);
    let jwk = jwk.ok_or_else(|| PermitError::UnknownKey(header.kid.chars().take(64).collect()))?;
    let bytes: [u8; 32] = decode(&jwk.x)?.try_into().map_err(|_| PermitError::KeySet)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| PermitError::KeySet)?;
    let signature =
        Signature::from_slice(&decode(signature)?).map_err(|_| PermitError::Malformed)?;
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_| PermitError::Signature)?;
    let claims: PermitClaims = decode_json(claims)?;
    let (lifetime, age) =
        (claims.exp.saturating_sub(claims.iat), now.as_second().saturating_sub(claims.iat));
    if lifetime > LIFETIME.as_secs() || age < -SKEW_S {
        let from = Timestamp::from_second(claims.iat).unwrap_or_default();
        return Err(PermitError::Lifetime { from, seconds: lifetime });
    }
    if claims.exp <= now.as_second() {
        return Err(PermitError::Expired(Timestamp::from_second(claims.exp).unwrap_or_default()));
    }
    Ok(claims)
}

/// Returns SHA-256 (hex) of the canonical arguments; `None` when they mean nothing exact.
#[must_use]
pub fn args_digest(args: &Arguments) -> Option<String> {
    args.canonical().map(|text| hex(&Sha256::digest(text)))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// RFC 7638, over the required members in order.
fn thumbprint(key: &VerifyingKey) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.as_bytes());
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)))
}

fn encode_json(value: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

fn decode(text: &str) -> Result<Vec<u8>, PermitError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| PermitError::Malformed)
}

fn decode_json<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, PermitError> {
    serde_json::from_slice(&decode(text)?).map_err(|_| PermitError::Malformed)
}
