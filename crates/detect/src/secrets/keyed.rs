//! Secrets that have no prefix: known by the vendor's name in the key they are assigned to, and their shape.

use super::format::{Alphabet, B62, B64, HEX, L36, SLUG, URL, XDIGIT};
use super::name::Name;
use super::rarity::{is_placeholder, is_random};
use super::value::is_uuid;

/// The shape of a secret without a prefix.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// So many characters.
    Of(Alphabet, usize),
    /// From so many to so many characters.
    Up(Alphabet, usize, usize),
    /// A UUID.
    Uuid,
    /// Two runs of so many hexadecimal digits with a colon between them.
    HexPair(usize),
}

use Shape::{HexPair, Of, Up, Uuid};

/// The word in the key, the pattern's name, the shape.
#[rustfmt::skip]
const KEYED: &[(&str, &str, Shape)] = &[
    ("adafruit", "adafruit-key", Of(SLUG, 32)),
    ("adobe", "adobe-client-id", Of(HEX, 32)),
    ("airtable", "airtable-key", Of(B62, 17)),
    ("algolia", "algolia-key", Of(L36, 32)),
    ("alibaba", "alibaba-secret-key", Of(B62, 30)),
    ("aliyun", "alibaba-secret-key", Of(B62, 30)),
    ("amplitude", "amplitude-secret-key", Of(HEX, 32)),
    ("asana", "asana-client-secret", Of(L36, 32)),
    ("assemblyai", "assemblyai-key", Of(L36, 32)),
    ("atlassian", "atlassian-token", Of(B62, 24)),
    ("confluence", "atlassian-token", Of(B62, 24)),
    ("jira", "atlassian-token", Of(B62, 24)),
    ("auth0", "auth0-client-secret", Of(URL, 64)),
    ("aws_secret", "aws-secret-key", Of(B64, 40)),
    ("bitbucket", "bitbucket-client-id", Of(L36, 32)),
    ("bitbucket", "bitbucket-client-secret", Of(URL, 64)),
    ("bitly", "bitly-token", Of(HEX, 40)),
    ("bittrex", "bittrex-key", Of(L36, 32)),
    ("box", "box-client-secret", Of(B62, 32)),
    ("circleci", "circleci-token", Of(HEX, 40)),
    ("civo", "civo-key", Of(L36, 50)),
    ("cloudflare", "cloudflare-token", Of(URL, 40)),
    ("cloudflare", "cloudflare-global-key", Of(HEX, 37)),
    ("codecov", "codecov-token", Of(L36, 32)),
    ("cohere", "cohere-key", Of(B62, 40)),
    ("co_api_key", "cohere-key", Of(B62, 40)),
    ("coinbase", "coinbase-token", Of(SLUG, 64)),
    ("confluent", "confluent-secret", Of(B62, 64)),
    ("contentful", "contentful-delivery-token", Of(URL, 43)),
    ("datadog", "datadog-application-key", Of(L36, 40)),
    ("datadog", "datadog-key", Of(HEX, 32)),
    ("deepgram", "deepgram-key", Of(HEX, 40)),
    ("discord", "discord-key", Of(HEX, 64)),
    ("discord", "discord-client-secret", Of(URL, 32)),
    ("droneci", "droneci-token", Of(L36, 32)),
    ("etsy", "etsy-key", Of(L36, 24)),
    ("facebook", "facebook-secret", Of(HEX, 32)),
    ("fastly", "fastly-token", Of(URL, 32)),
    ("finicity", "finicity-token", Of(HEX, 32)),
    ("finnhub", "finnhub-token", Of(L36, 20)),
    ("flickr", "flickr-token", Of(L36, 32)),
    ("freshbooks", "freshbooks-token", Of(L36, 64)),
    ("gitea", "gitea-token", Of(HEX, 40)),
    ("gitter", "gitter-token", Of(SLUG, 40)),
    ("heroku", "heroku-key", Uuid),
    ("hubspot", "hubspot-key", Uuid),
    ("intercom", "intercom-key", Of(URL, 60)),
    ("jfrog", "jfrog-key", Of(L36, 73)),
    ("jfrog", "jfrog-identity-token", Of(L36, 64)),
    ("artifactory", "jfrog-key", Of(L36, 73)),
    ("artifactory", "jfrog-identity-token", Of(L36, 64)),
    ("kraken", "kraken-token", Up(B64, 80, 90)),
    ("kucoin", "kucoin-token", Of(HEX, 24)),
    ("kucoin", "kucoin-secret", Uuid),
    ("launchdarkly", "launchdarkly-token", Of(URL, 40)),
    ("linear", "linear-client-secret", Of(HEX, 32)),
    ("linkedin", "linkedin-client-secret", Of(L36, 16)),
    ("looker", "looker-client-secret", Of(L36, 24)),
    ("mattermost", "mattermost-token", Of(L36, 26)),
    ("meraki", "cisco-meraki-key", Of(HEX, 40)),
    ("message_bird", "messagebird-token", Of(L36, 25)),
    ("messagebird", "messagebird-token", Of(L36, 25)),
    ("message_bird", "messagebird-client-id", Uuid),
    ("messagebird", "messagebird-client-id", Uuid),
    ("mistral", "mistral-key", Of(B62, 32)),
    ("netlify", "netlify-token", Up(URL, 40, 46)),
    ("new_relic", "new-relic-key", Of(L36, 64)),
    ("newrelic", "new-relic-key", Of(L36, 64)),
    ("nytimes", "nytimes-token", Of(URL, 32)),
    ("okta", "okta-token", Of(URL, 42)),
    ("openweather", "openweather-key", Of(HEX, 32)),
    ("plaid", "plaid-client-id", Of(L36, 24)),
    ("plaid", "plaid-secret", Of(L36, 30)),
    ("private_ai", "private-ai-key", Of(L36, 32)),
    ("privateai", "private-ai-key", Of(L36, 32)),
    ("rapidapi", "rapidapi-key", Of(URL, 50)),
    ("sendbird", "sendbird-id", Uuid),
    ("sendbird", "sendbird-token", Of(HEX, 40)),
    ("sentry", "sentry-token", Of(HEX, 64)),
    ("snyk", "snyk-token", Uuid),
    ("sonar", "sonar-token", Of(B62, 40)),
    ("sourcegraph", "sourcegraph-token", Of(XDIGIT, 40)),
    ("squarespace", "squarespace-token", Uuid),
    ("sumo", "sumologic-key", Of(B62, 64)),
    ("sumo", "sumologic-id", Of(B62, 14)),
    ("travis", "travis-token", Of(B62, 22)),
    ("twilio", "twilio-token", Of(HEX, 32)),
    ("twitch", "twitch-token", Of(L36, 30)),
    ("twitter", "twitter-key", Of(B62, 25)),
    ("twitter", "twitter-access-secret", Of(B62, 45)),
    ("twitter", "twitter-secret", Of(B62, 50)),
    ("vercel", "vercel-token", Of(B62, 24)),
    ("wandb", "wandb-key", Of(HEX, 40)),
    ("zendesk", "zendesk-secret", Of(B62, 40)),
    ("contribsys", "sidekiq-credentials", HexPair(8)),
];

/// The first three letters of a vendor's word.
pub(super) const fn beginning(vendor: usize) -> Option<[u8; 3]> {
    if vendor >= KEYED.len() {
        return None;
    }
    #[expect(clippy::indexing_slicing, reason = "it is less")]
    let word = KEYED[vendor].0.as_bytes();
    word.first_chunk::<3>().copied()
}

/// Tells at little cost whether a name may name a vendor: whether a word in it begins with three letters of one.
pub(crate) fn may_begin(key: &[u8]) -> bool {
    const BEGINNINGS: [u32; 1024] = {
        let (mut beginnings, mut rest) = ([0; 1024], KEYED);
        while let [(word, _, _), tail @ ..] = rest {
            if let [a, b, c, ..] = word.as_bytes() {
                #[expect(clippy::indexing_slicing, reason = "ten bits")]
                {
                    beginnings[pair(*a, *b)] |= 1 << (*c & 31);
                }
            }
            rest = tail;
        }
        beginnings
    };
    let mut before = b'_';
    key.windows(3).any(|three| {
        let [a, b, c] = *three else { return false };
        let starts =
            !before.is_ascii_alphabetic() || before.is_ascii_lowercase() && a.is_ascii_uppercase();
        before = a;
        let seconds = BEGINNINGS.get(pair(a, b)).copied().unwrap_or_default();
        starts && seconds >> (c & 31) & 1 == 1
    })
}

const fn pair(a: u8, b: u8) -> usize {
    ((a & 31) as usize) << 5 | (b & 31) as usize
}

/// A bit for each length that any of them has.
const LENGTHS: u128 = {
    let (mut lengths, mut rest) = (0, KEYED);
    while let [(_, _, shape), tail @ ..] = rest {
        let (mut least, most) = match *shape {
            Of(_, length) => (length, length),
            Up(_, least, most) => (least, most),
            Uuid => (36, 36),
            HexPair(length) => (2 * length + 1, 2 * length + 1),
        };
        while least <= most {
            lengths |= 1 << least;
            least += 1;
        }
        rest = tail;
    }
    lengths
};

/// Returns the names of all.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KEYED.iter().map(|(_, name, _)| *name)
}

/// Returns the pattern of a value by the name it is assigned to.
pub(crate) fn named(name: &Name, value: &[u8]) -> Option<&'static str> {
    if value.len() >= 128 || LENGTHS >> value.len() & 1 == 0 {
        return None;
    }
    let (_, pattern, _) =
        KEYED.iter().find(|(word, _, shape)| shape.fits(value) && name.begins_a_word(word))?;
    let plausible = matches!(value.len(), 17) || is_uuid(value) || is_random(value);
    (!is_placeholder(value) && plausible).then_some(pattern)
}

impl Shape {
    fn fits(self, value: &[u8]) -> bool {
        let all = |alphabet: Alphabet| value.iter().all(|byte| alphabet.has(*byte));
        match self {
            Of(alphabet, length) => value.len() == length && all(alphabet),
            Up(alphabet, least, most) => (least..=most).contains(&value.len()) && all(alphabet),
            Uuid => is_uuid(value),
            HexPair(length) => {
                let (a, b) = value.split_at_checked(length).unwrap_or_default();
                let b = b.strip_prefix(b":").unwrap_or_default();
                b.len() == length && a.iter().chain(b).all(u8::is_ascii_hexdigit)
            }
        }
    }
}
