//! Keys, tokens and passwords: made up, with the prefix, length, alphabet and checksum of the real ones.
//!
//! Prefixes stand apart from what follows them, so that no line of this file looks like a secret to those who scan it.

use super::super::checks::{base64, crc32};
use super::super::random::Random;

/// Draws a secret; without a form, a password of a kind that people choose or a manager makes.
pub fn draw(name: &str, form: &str, random: &mut Random) -> Option<(&'static str, String)> {
    let text = match name {
        "password" => password(random),
        "token" if form == "hex" => random.hex(40),
        "token" => random.alnum(40),
        "jwt" => jwt(random),
        "pem" => pem(form, random),
        "secret" if form.is_empty() => {
            let vendor = random.pick(VENDORS);
            made(vendor, random)?
        }
        "secret" => made(form, random)?,
        _ => return None,
    };
    Some(("SECRET", text))
}

/// Those that need no word beside them.
const VENDORS: &[&str] = &[
    "aws-id",
    "github",
    "github-fine",
    "github-oauth",
    "gitlab",
    "slack-bot",
    "slack-user",
    "slack-app",
    "slack-hook",
    "stripe-live",
    "stripe-test",
    "stripe-restricted",
    "openai",
    "openai-project",
    "anthropic",
    "hugging-face",
    "npm",
    "pypi",
    "sendgrid",
    "shopify",
    "digitalocean",
    "databricks",
    "grafana",
    "sentry",
    "atlassian",
    "docker",
    "linear",
    "vault",
    "age",
    "google-api",
    "twilio",
    "mailgun",
    "telegram",
    "discord-hook",
    "figma",
    "notion",
    "planetscale",
    "postman",
    "pulumi",
    "rubygems",
    "doppler",
    "new-relic",
    "square",
    "hubspot",
    "airtable",
    "groq",
    "replicate",
    "gcp-oauth",
    "supabase",
    "flyio",
    "tailscale",
    "cratesio",
    "buildkite",
    "terraform",
];

fn made(vendor: &str, random: &mut Random) -> Option<String> {
    Some(match vendor {
        "aws-id" => join(random.pick(&["AKIA", "ASIA"]), random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        "aws-secret" => random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40),
        "github" => github("ghp", random),
        "github-oauth" => github(random.pick(&["gho", "ghs", "ghu"]), random),
        "github-fine" => join("github_pat_", format!("{}_{}", random.alnum(22), random.alnum(59))),
        "gitlab" => join("glpat-", random.alnum(20)),
        "slack-bot" => join("xoxb-", format!("{}-{}-{}", random.number(12), random.number(13), random.alnum(24))),
        "slack-user" => join(
            "xoxp-",
            format!("{}-{}-{}-{}", random.number(12), random.number(12), random.number(13), random.hex(32)),
        ),
        "slack-app" => join(
            "xapp-",
            format!("1-A{}-{}-{}", random.of("ABCDEFGHJKMNPQ0123456789", 10), random.number(13), random.hex(64)),
        ),
        "slack-hook" => join(
            "https://hooks.slack.com/services/",
            format!("T{}/B{}/{}", random.upper(10), random.upper(10), random.alnum(24)),
        ),
        "stripe-live" => join("sk_live_", format!("51{}", random.alnum(97))),
        "stripe-test" => join("sk_test_", random.alnum(24)),
        "stripe-restricted" => join("rk_live_", random.alnum(24)),
        "openai" => join("sk-", format!("{}T3BlbkFJ{}", random.alnum(20), random.alnum(20))),
        "openai-project" => join("sk-proj-", format!("{}T3BlbkFJ{}", random.alnum(74), random.alnum(74))),
        "anthropic" => join(
            "sk-ant-api03-",
            format!("{}AA", random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 93)),
        ),
        "hugging-face" => join("hf_", random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 34)),
        "npm" => github("npm", random),
        "pypi" => join(
            "pypi-AgEIcHlwaS5vcmc",
            random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 140),
        ),
        "sendgrid" => join("SG.", format!("{}.{}", random.alnum(22), random.alnum(43))),
        "shopify" => join("shpat_", random.hex(32)),
        "digitalocean" => join("dop_v1_", random.hex(64)),
        "databricks" => join("dapi", random.hex(32)),
        "grafana" => {
            let body = random.alnum(32);
            let sum = crc32(body.as_bytes());
            join("glsa_", format!("{body}_{sum:08x}"))
        }
        "sentry" => join("sntryu_", random.hex(64)),
        "atlassian" => join(
            "ATATT3",
            format!(
                "xFfGF0{}={}",
                random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 171),
                random.hex(8).to_uppercase()
            ),
        ),
        "docker" => join("dckr_pat_", random.alnum(27)),
        "linear" => join("lin_api_", random.alnum(40)),
        "vault" => join("hvs.", random.alnum(90)),
        "age" => join("AGE-SECRET-KEY-1", random.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
        "google-api" => join("AIza", format!("Sy{}", random.alnum(33))),
        "twilio" => join("SK", random.hex(32)),
        "mailgun" => join("key-", random.hex(32)),
        "telegram" => join(
            &random.number(10),
            format!(":AA{}", random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 33)),
        ),
        "discord-hook" => {
            join("https://discord.com/api/webhooks/", format!("{}/{}", random.number(18), random.alnum(68)))
        }
        "figma" => join("figd_", random.alnum(40)),
        "notion" => join("ntn_", format!("{}{}", random.number(11), random.alnum(35))),
        "planetscale" => join("pscale_tkn_", random.alnum(43)),
        "postman" => join("PMAK-", format!("{}-{}", random.hex(24), random.hex(34))),
        "pulumi" => join("pul-", random.hex(40)),
        "rubygems" => join("rubygems_", random.hex(48)),
        "doppler" => join("dp.pt.", random.alnum(43)),
        "new-relic" => join("NRAK-", random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27)),
        "square" => join("EAAA", random.alnum(60)),
        "hubspot" => join("pat-na1-", random.shape("~~~~~~~~-~~~~-~~~~-~~~~-~~~~~~~~~~~~")),
        "airtable" => join("pat", format!("{}.{}", random.alnum(14), random.hex(64))),
        "groq" => join("gsk_", random.alnum(52)),
        "replicate" => join("r8_", random.alnum(37)),
        "azure-key" => key64(64, random),
        "gcp-oauth" => join("GOCSPX-", random.alnum(28)),
        "supabase" => join("sbp_", random.hex(40)),
        "flyio" => join("fo1_", random.alnum(43)),
        "tailscale" => join("tskey-auth-", format!("{}CNTRL-{}", random.alnum(11), random.alnum(32))),
        "cratesio" => join("cio", random.alnum(32)),
        "buildkite" => join("bkua_", random.hex(40)),
        "terraform" => join(&random.alnum(14), format!(".atlasv1.{}", random.alnum(67))),
        _ => return None,
    })
}

fn join(prefix: &str, rest: String) -> String {
    prefix.to_owned() + &rest
}

/// Thirty signs and their CRC-32 in base 62.
fn github(prefix: &str, random: &mut Random) -> String {
    const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = random.alnum(30);
    let mut sum = crc32(body.as_bytes());
    let mut signs = [b'0'; 6];
    for sign in signs.iter_mut().rev() {
        *sign = BASE62[(sum % 62) as usize];
        sum /= 62;
    }
    let end: String = signs.into_iter().map(char::from).collect();
    format!("{prefix}_{body}{end}")
}

fn key64(length: usize, random: &mut Random) -> String {
    let bytes: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
    base64(&bytes, false)
}

fn jwt(random: &mut Random) -> String {
    let algorithm = random.pick(&["HS256", "RS256", "ES256"]);
    let header = base64(format!("{{\"alg\":\"{algorithm}\",\"typ\":\"JWT\"}}").as_bytes(), true);
    let claims = format!("{{\"sub\":\"{}\",\"iat\":1{},\"scope\":\"read write\"}}", random.number(8), random.digits(9));
    let signature = random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 43);
    format!("{header}.{}.{signature}", base64(claims.as_bytes(), true))
}

/// A private key; with form `json`, its line breaks are written as JSON writes them.
fn pem(form: &str, random: &mut Random) -> String {
    let kind = random.pick(&["RSA ", "EC ", "OPENSSH ", ""]);
    let lines: Vec<String> = (0..random.between(3, 6)).map(|_| key64(48, random)).collect();
    let text = format!(
        "-----BEGIN {kind}PRIVATE KEY-----\n{}\n{}\n-----END {kind}PRIVATE KEY-----",
        lines.join("\n"),
        key64(20, random)
    );
    if form == "json" { text.replace('\n', "\\n") } else { text }
}

fn password(random: &mut Random) -> String {
    const WORDS: &[&str] =
        &["Winter", "harbour", "Dragonfly", "copper", "Blue", "tiger", "Lisbon", "saxophone", "quartz", "Marble"];
    match random.below(5) {
        0 => format!("{}{}!", random.pick(WORDS), random.between(1990, 2026)),
        1 => format!(
            "{}-{}-{}",
            random.pick(WORDS).to_lowercase(),
            random.pick(WORDS).to_lowercase(),
            random.between(10, 99)
        ),
        2 => random.of("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%*_", 16) + &random.shape("@#&"),
        3 => format!("{}#{}{}", random.pick(WORDS).to_lowercase(), random.digits(3), random.shape("@&@")),
        _ => random.alnum(20),
    }
}
