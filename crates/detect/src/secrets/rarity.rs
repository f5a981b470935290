//! How unlike words and names a text is.

/// How rare a character is after another in words, names and paths of source code and documentation, in half bits,
/// as letters from `a`. Rows tell what is before, columns what follows: `a` to `z`, `A` to `Z`, a digit, anything else.
#[rustfmt::skip]
static AFTER: [[u8; CLASSES]; CLASSES] = [
    *b"qkiiqokukwmgjhxjyghfnpnomtxyuxwyzzzzzzyyzwywvxzzyzzzok",
    *b"hpjqhqqvglrgqpiqxkknhrxxixwvsuuvuwszxuvwstxvrtwxzzzzlg",
    *b"homqhpwhkwijorfosjlglpvvnzuxtvvvyzuzuwxxwtztttxwvzzzoi",
    *b"hqqjepnrhuwlprjqvkkolqoqmzqrpqqrvuqzurssrpzqpqtstzzzme",
    *b"jqiinlmuqusikhrmnfghrmpkmwrtqsrrvvqzvstttrysqrvutzzyog",
    *b"jopnihpyfzsjoohrzikkltuymzwutvvvzxvzzwvvuvzusvwyvzzzke",
    *b"luosernkgzxknjkrzijlltvzrurtprqrttqzustttrxspsutuzzzpf",
    *b"frrpervxhysqmrhrzknjhwrznwrurrstvzszxsrussyqoswuuzzznf",
    *b"lmijklkxryrjjehluligvlznzkzywxzywzzzzzzzyzzzxzzzzzzzlm",
    *b"jsosdtsqkxlrqlfpttgqgvovtvuuuvtvxxuxxxuxxxssxvxxxxvtok",
    *b"lsmndrqthyvprkopxqiokqrqrwqrqpqpvtpyurrsrovqnqtstzyxmf",
    *b"hpqjfhptgzqhtthozslkjquvlzturtstvxtzxwuuvrztrrvuwzzzqh",
    *b"flonftqvizuklnigvtlnjsxvpvstqrrssuqyxtttvqxrprsuwzzzog",
    *b"iqihhkhtjvnosljoysiflmqypvstrsssxtrzvtsuurzrqqvuvyzyph",
    *b"nnjjsmnumtmihfljzgkkimkputuuuuwvwyvzzvvyytzuswwwuzzzsi",
    *b"groofqqmkzohqrhkuglhirrwoztvrqsutwszyuuvutwrrsvuvzzzoi",
    *b"vrnopvqzrxzfqrrrqnnqbtqxxtvtrrszzzrxvvxvvxzrrmxvxzzzrg",
    *b"hrllfpluhzoolmhqujiiknssjzstqrssuxrzwusttrxtrsuuwvzyph",
    *b"luksfrrkiwnnorkkppjfkqqxnrsustsuvwszyvuwvuzussxutzzzof",
    *b"humpfotigzyootiozhklmvspjvqsorqrtuqzvsstsqyqprutuzzzof",
    *b"lhlnhknqjzyhigqjzhhguzypztzzxyzzzzyzzzzyzzzzzzzzzzzzin",
    *b"euprcrnwhzwqorlpwroqvxyqvttysuuxtxvzzyurxszpttwtxnzzji",
    *b"hqpqirrkexsnthioygjouumxsqstqrssvtrzxrsttqzrprttvzyzog",
    *b"jplojmxskzxtosogztqfprypmzorooqosupzytsttrwqprtsqzzzff",
    *b"noosmsssozvlkjpfzrihtqoyxroonomprsmvqqpoqowpnorqqzzxnd",
    *b"jtoobpuqiwspqrkpvtnrnosummquqpqruwrywuustoutqsttuvzynk",
    *b"ysnnwtuzyzzntozpznoonrvzzzokijnoixlvphkjtjxiiglpqlovji",
    *b"kyzzoyzxkzznzzlzzntzkzzzlzimknjnnwilqhonkkylklgtuxmvhi",
    *b"kxxzoyzlszzlvxhuzluspzzzszimlmimuilujlkqhltjlhmqvzozji",
    *b"ksyzizzzkzzuyunuznsypszztzijmlfmsphxvnpqkoxlkmlortqzif",
    *b"vzwtzuzzyzzqslyxtnvwynzlzzjkiimllsqwslkhpnogiiqkqkmzkf",
    *b"nzzsqyywjzzkurkrzksvnuqyzzinmljirqhwtgqpiowlklmxszoyhi",
    *b"rzvthzzwuzzqzznrzluznuzzzzlqorfppmjysjokllwjhlkttvvxqe",
    *b"jzurkzzzmzwztzmuzyxlrjszqzftongquwjzpompinzjohlmmznqog",
    *b"zzwmzvuzzzwypioszuonzzzzzzlnjhmkkyrytjjfhkvmihsmvozmol",
    *b"mvrxhxxxrrxuxtiuxxkxovrxxxourucstxlumurrhourntosruvtnj",
    *b"pzxrfywvmzzyzrszyusyvwztwzlolldokrkyypplqnxpkmmrqwsxoe",
    *b"mzvxmzzzkzzzzzkzzxrzxxzzzzhnokgpougxojqminyllkkqtxnyif",
    *b"iywtlytxmzzxozlqzzosnwzzqxflnkgqrsivtklojiurknmtvxuxmg",
    *b"lxzznyzzwzzzzzkzzzytnzzzzzjskiijimjunjrmipymjgllvvqymg",
    *b"xovzzmzzzzxqzozmzpttpsszzznljkoknunsnijflhzgljjmkqtzti",
    *b"izuxmzxqqzupywlvyistpuwzsziqnnhotmjzllnqikugkjmnsvqzmg",
    *b"sxxxvvuvvxxuvvsvxvqxfssuxxpspnnroupvvdnsopvqpxetqxxvmh",
    *b"nyvzhzzzrzzzuuowzzusnxwzzziokmfnowizqolnhnvkkjnnrtlznf",
    *b"pznziyzomzvstupotvtjnvuzmzkskphqqkiznkoklkmoiglprukung",
    *b"nzyzmzzonzzuyzmzzmwztzvzlxhqmogoukhztmnrjlzhljkwsnjwnf",
    *b"xxzvzzyzqzzwyjznzqmqvzzzzzmllljmhzhwxiihrizhhhtywqzzpl",
    *b"hyyxjvzzlyzytzppzwssxxzxyzftmnenptixknnpniyrooxywozzii",
    *b"kytujyznhzyyvvmxzjqzyzxyvxiulokqthfqulnijmsijoqvtssynj",
    *b"wypwwvzzuzwwnzsuzutuwzyvzykpjnjnuskwkmlooiqonfqutnlyfe",
    *b"sztznzyzszzywzsyzzxzuzyzyzoooqopqvqztnjipeypgkrrpymrod",
    *b"ostuhrssqwwwqtiwwtpwpwwrsujmolcrrtkwwqqqkwurhrqrmumrnk",
    *b"srsqrpzymzvyvyvvzuuwmwzlzznnnmnmxzvzwwvxzvztuuxuwyzzbg",
    *b"kljlklmnjrplllmjskijmnmrusmnllmmoplqqnmmolumknopoqyuhj",
];

const CLASSES: usize = 54;

const fn class(byte: u8) -> usize {
    (match byte {
        b'a'..=b'z' => byte - b'a',
        b'A'..=b'Z' => byte - b'A' + 26,
        b'0'..=b'9' => 52,
        _ => 53,
    }) as usize
}

/// Returns how rare the characters of a text are after each other, in hundredths of a bit for each. Words and names
/// come to about 400, random letters and digits to 700 and more, hexadecimal digits to 440.
pub(crate) fn rarity(text: &[u8]) -> usize {
    let (mut sum, mut before) = (0, CLASSES - 1);
    for byte in text {
        let now = class(*byte);
        let half_bits = AFTER.get(before).and_then(|row| row.get(now)).copied().unwrap_or(b'a');
        sum += usize::from(half_bits - b'a');
        before = now;
    }
    sum * 50 / text.len().max(1)
}

/// Tells whether a text is as unlike words as a random one of its length would be.
pub(crate) fn is_random(text: &[u8]) -> bool {
    if text.iter().all(u8::is_ascii_hexdigit) {
        return is_mixed(text, 5);
    }
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let floor = match (text.len(), digits) {
        (0..10, _) => 560,
        (_, 0) => 600,
        (10..16, 1) => 560,
        (10..16, _) => 480,
        (_, 1) => 520,
        _ => 470,
    };
    rarity(text) >= floor || digits * 4 >= text.len() && is_mixed(text, 4)
}

/// Tells whether letters and digits alternate, once in so many characters, and are many different ones.
fn is_mixed(text: &[u8], one_in: usize) -> bool {
    let turns = text
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
    text.len() >= 16 && turns.count() * one_in >= text.len() && distinct(text) >= 7
}

/// Counts the different characters.
pub(crate) fn distinct(text: &[u8]) -> u32 {
    let [low, high] = text.iter().fold([0u64; 2], |[low, high], byte| {
        let bit = 1 << (byte & 63);
        if byte & 64 == 0 { [low | bit, high] } else { [low, high | bit] }
    });
    low.count_ones() + high.count_ones()
}

/// What stands in for a secret where none is to be shown, in lower case.
#[rustfmt::skip]
static STAND_INS: Words = Words::new(&[
    b"xxxx", b"example", b"placeholder", b"redacted", b"changeme", b"change_me", b"change-me", b"your_",
    b"your-", b"yourkey", b"yourtoken", b"yourpass", b"yoursecret", b"notareal", b"not_a_real", b"dummy",
    b"....", b"****", b"####", b"insert_", b"_here", b"-here", b"tokenhere", b"keyhere", b"stringhere",
    b"abcdefgh", b"deadbeefdeadbeef", b"00000000",
]);

/// Tells whether a text stands in for a secret: too few different characters, an alphabet in order, telling words.
pub(crate) fn is_placeholder(text: &[u8]) -> bool {
    let length = text.len();
    let floor = match length {
        0..8 => 2,
        8..16 => 4,
        16..24 => 6,
        _ => 7,
    };
    if distinct(text) < floor {
        return true;
    }
    let (mut ascending, mut same) = (0, 0);
    for (a, b) in text.iter().zip(text.iter().skip(1)) {
        ascending += usize::from(a.wrapping_add(1) == *b && *a != u8::MAX);
        same += usize::from(a == b);
    }
    if ascending * 4 > length * 3 || same * 2 > length {
        return true;
    }
    let head = text.get(..length.min(256)).unwrap_or_default();
    STAND_INS.in_text(head)
}

/// Words to look for in a text, in any case.
#[derive(Debug)]
pub(crate) struct Words {
    words: &'static [&'static [u8]],
    /// A bit for each second letter, by the first.
    pairs: [u32; 32],
}

impl Words {
    /// Takes words in lower case, of two bytes or more.
    pub(crate) const fn new(words: &'static [&'static [u8]]) -> Self {
        let (mut pairs, mut rest) = ([0; 32], words);
        while let [word, tail @ ..] = rest {
            if let [first, second, ..] = word {
                #[expect(clippy::indexing_slicing, reason = "five bits")]
                {
                    pairs[(*first & 31) as usize] |= 1 << (*second & 31);
                }
            }
            rest = tail;
        }
        Self { words, pairs }
    }

    /// Tells whether any word stands in `text`.
    pub(crate) fn in_text(&self, text: &[u8]) -> bool {
        let pairs = text.iter().zip(text.iter().skip(1)).enumerate();
        pairs.into_iter().any(|(at, (first, second))| {
            let begins = self
                .pairs
                .get(usize::from(first & 31))
                .is_some_and(|seconds| seconds >> (second & 31) & 1 == 1);
            begins && self.begins(*first, text.get(at..).unwrap_or_default())
        })
    }

    #[inline(never)]
    fn begins(&self, first: u8, text: &[u8]) -> bool {
        let first = first.to_ascii_lowercase();
        self.words.iter().any(|word| {
            word.first() == Some(&first)
                && text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        })
    }
}
