//! What the name of a key says of its value.

/// What a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A password, which people choose.
    Password,
    /// A token or key, which machines make.
    Token,
    /// Something that has to do with access; not all of that is secret.
    Access,
}

/// The most bytes a name has.
pub(crate) const LONGEST: usize = 64;

/// Words of a name, in lower case, joined by `_`.
#[derive(Debug)]
pub(crate) struct Name {
    text: [u8; 2 * LONGEST],
    length: usize,
}

impl Name {
    /// Cuts a name into its words: `clientSecret`, `client-secret` and `CLIENT_SECRET` are the same.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut name = Self { text: [0; 2 * LONGEST], length: 0 };
        let mut before = b'_';
        for (at, &byte) in key.iter().enumerate().take(LONGEST) {
            let next_is_lower = key.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let hump = byte.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && next_is_lower);
            if hump {
                name.push(b'_');
            }
            name.push(if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'_' });
            before = byte;
        }
        name
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.text.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    /// Returns the words, first to last.
    pub(crate) fn words(&self) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
        let text = self.text.get(..self.length).unwrap_or_default();
        text.split(|byte| *byte == b'_').filter(|word| !word.is_empty())
    }

    /// Tells whether a word begins with `word`, or `word`, of several, begins at a word.
    pub(crate) fn begins_a_word(&self, word: &str) -> bool {
        let text = self.text.get(..self.length).unwrap_or_default();
        let word = word.as_bytes();
        (0..text.len()).any(|at| {
            let starts =
                at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|b| *b == b'_');
            starts && text.get(at..).is_some_and(|rest| rest.starts_with(word))
        })
    }

    /// Returns what the name promises.
    pub(crate) fn kind(&self) -> Option<Kind> {
        if self.words().any(|word| is_one_of(word, &NOT_SECRET)) {
            return None;
        }
        let mut words = self.words().rev().filter(|word| !is_qualifier(word));
        let last = trim_digits(words.next()?);
        if ends_with_one_of(last, &PASSWORDS) || is_one_of(last, &SHORT_PASSWORDS) {
            return Some(Kind::Password);
        }
        if ends_with_one_of(last, &TOKENS) || is_one_of(last, &SHORT_TOKENS) {
            return Some(Kind::Token);
        }
        let before = words.next().map(trim_digits);
        if last == b"key" && before.is_some_and(|before| is_one_of(before, &KEYS_OF)) {
            return Some(Kind::Token);
        }
        if is_one_of(last, &NOT_VALUES) {
            return None;
        }
        let all = || self.words().map(trim_digits);
        let access = last.ends_with(b"key") && self.words().nth(1).is_some()
            || all().any(|word| ends_with_one_of(word, &TOKENS) || is_one_of(word, &SHORT_TOKENS))
            || all().any(|word| ends_with_one_of(word, &PASSWORDS));
        access.then_some(Kind::Access)
    }
}

/// Three letters of every word that may give a name a kind, but for `pw`.
pub(super) const STEMS: &[[u8; 3]] = &[
    *b"pas", *b"sec", *b"cre", *b"aut", *b"tok", *b"bea", *b"pwo", *b"pwd", *b"psw", *b"key",
    *b"jwt", *b"sas",
];

/// Tells at little cost whether a name may have a kind: whether a few letters of one of the words stand in it.
pub(crate) fn may_have_kind(key: &[u8]) -> bool {
    key.windows(3).enumerate().any(|(at, three)| {
        let [a, b, c] = *three else { return false };
        let next = || key.get(at + 3).map_or(0, |next| next | 32);
        match [a | 32, b | 32, c | 32] {
            // No `passport`.
            [b'p', b'a', b's'] => {
                let port =
                    || key.get(at + 4..at + 6).is_some_and(|o| o.eq_ignore_ascii_case(b"po"));
                next() == b's' && !port()
            }
            [b's', b'e', b'c'] => next() == b'r',
            [b'c', b'r', b'e'] => next() == b'd',
            [b'a', b'u', b't'] => next() == b'h',
            [b't', b'o', b'k'] => next() == b'e',
            [b'b', b'e', b'a'] | [b'p', b'w', b'o'] => next() == b'r',
            [b'p', b'w', b'd']
            | [b'p', b's', b'w']
            | [b'k', b'e', b'y']
            | [b'j', b'w', b't']
            | [b's', b'a', b's'] => true,
            _ => false,
        }
    }) || key.len() >= 2
        && (key.ends_with(b"pw") || key.ends_with(b"PW"))
        && (key.len() <= 8 || key.get(key.len() - 3).is_some_and(|byte| b"_-".contains(byte)))
}

static PASSWORDS: WordSet =
    WordSet::new(&[b"password", b"passwd", b"passphrase", b"passwort", b"passcode", b"pwd"]);
static SHORT_PASSWORDS: WordSet =
    WordSet::new(&[b"pass", b"pw", b"psw", b"pword", b"userpass", b"dbpass"]);
#[rustfmt::skip]
static TOKENS: WordSet =
    WordSet::new(&[
    b"token", b"secret", b"apikey", b"secretkey", b"accesskey", b"privatekey", b"accountkey", b"authkey",
    b"credential", b"credentials", b"authorization",
]);
static SHORT_TOKENS: WordSet =
    WordSet::new(&[b"creds", b"cred", b"auth", b"bearer", b"jwt", b"secrets", b"sas"]);
/// What makes a `key` one that gives access.
#[rustfmt::skip]
static KEYS_OF: WordSet =
    WordSet::new(&[
    b"api", b"access", b"secret", b"private", b"auth", b"encryption", b"signing", b"account", b"master", b"app",
    b"application", b"client", b"consumer", b"license", b"service", b"storage", b"shared", b"session",
    b"subscription", b"admin", b"deploy", b"ssh", b"jwt", b"hmac", b"webhook", b"crypto", b"aes", b"token",
    b"user", b"bot", b"server", b"write", b"ingest", b"function", b"host", b"preshared", b"recovery",
    b"developer", b"rest",
]);
/// Words that qualify a secret and may stand after it, as numbers may.
#[rustfmt::skip]
static QUALIFIERS: WordSet =
    WordSet::new(&[
    b"prod", b"production", b"dev", b"staging", b"live", b"test", b"new", b"old", b"base", b"value", b"env",
    b"default", b"raw", b"plain", b"plaintext", b"string", b"str", b"primary", b"secondary",
]);

fn is_qualifier(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit) || is_one_of(word, &QUALIFIERS)
}

/// Words that say, anywhere in a name, that its value is none.
#[rustfmt::skip]
static NOT_SECRET: WordSet =
    WordSet::new(&[
    b"public", b"pub", b"hash", b"hashed", b"digest", b"checksum", b"sha", b"sha1", b"sha256", b"sha512",
    b"md5", b"integrity", b"fingerprint", b"thumbprint", b"etag", b"version", b"placeholder", b"revision",
    b"commit", b"tokenizer", b"accessor", b"accessibility", b"publickey", b"pubkey", b"nonce", b"csrf", b"xsrf",
    b"salt", b"monkey", b"keyboard", b"hotkey", b"turkey", b"author", b"authors", b"foreign", b"foreignkey",
]);
/// Words that say, at the end of a name, that its value tells of a secret and is none.
#[rustfmt::skip]
static NOT_VALUES: WordSet =
    WordSet::new(&[
    b"id", b"ids", b"uid", b"uuid", b"guid", b"name", b"names", b"type", b"url", b"uri", b"path", b"file",
    b"dir", b"len", b"length", b"size", b"limit", b"count", b"ttl", b"policy", b"field", b"label", b"hint",
    b"format", b"header", b"status", b"error", b"message", b"enabled", b"required", b"prefix", b"suffix",
    b"alias", b"arn", b"mode", b"algorithm", b"index", b"map", b"list", b"set", b"kind", b"class", b"provider",
    b"endpoint", b"host", b"domain", b"regex", b"pattern", b"tag", b"ref", b"reference", b"store", b"manager",
    b"scope", b"audience", b"issuer", b"expiry", b"expires", b"date", b"time", b"at", b"tokens", b"keys",
    b"test", b"image", b"module", b"package", b"component", b"description", b"title", b"css", b"iterator",
]);

/// Words to compare others with.
struct WordSet {
    words: &'static [&'static [u8]],
    /// A bit for each letter before the last one, by that.
    ends: [u32; 32],
}

impl WordSet {
    /// Takes words of two bytes or more.
    const fn new(words: &'static [&'static [u8]]) -> Self {
        let (mut ends, mut rest) = ([0; 32], words);
        while let [word, tail @ ..] = rest {
            if let [.., before, last] = word {
                #[expect(clippy::indexing_slicing, reason = "five bits")]
                {
                    ends[(*last & 31) as usize] |= 1 << (*before & 31);
                }
            }
            rest = tail;
        }
        Self { words, ends }
    }

    /// Tells at little cost whether any word may end as `word` does.
    #[inline]
    fn may_end(&self, word: &[u8]) -> bool {
        let [.., before, last] = word else { return false };
        self.ends
            .get(usize::from(last & 31))
            .is_some_and(|befores| befores >> (before & 31) & 1 == 1)
    }
}

fn is_one_of(word: &[u8], set: &WordSet) -> bool {
    set.may_end(word) && set.words.contains(&word)
}

fn ends_with_one_of(word: &[u8], set: &WordSet) -> bool {
    set.may_end(word) && set.words.iter().any(|ending| word.ends_with(ending))
}

fn trim_digits(word: &[u8]) -> &[u8] {
    let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    word.get(..word.len() - digits).unwrap_or_default()
}
