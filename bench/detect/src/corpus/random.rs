//! Numbers that look drawn, the same in every run (SplitMix64).

#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    }

    /// Draws below `end`.
    pub const fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end
    }

    pub const fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    pub const fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub const fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Draws `length` of the characters of `alphabet`.
    pub fn of(&mut self, alphabet: &str, length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(alphabet.as_bytes()))).collect()
    }

    pub fn digits(&mut self, length: usize) -> String {
        self.of("0123456789", length)
    }

    /// Draws digits of which the first is not zero.
    pub fn number(&mut self, length: usize) -> String {
        self.of("123456789", 1) + &self.digits(length - 1)
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.of("0123456789abcdef", length)
    }

    /// Draws of letters of both cases and digits.
    pub fn alnum(&mut self, length: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    pub fn upper(&mut self, length: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", length)
    }

    /// Fills a shape: `#` a digit, `^` a digit but zero, `@` a capital, `&` a lower-case letter, `~` a hexadecimal digit.
    pub fn shape(&mut self, shape: &str) -> String {
        let mut filled = String::with_capacity(shape.len());
        for sign in shape.chars() {
            match sign {
                '#' => filled += &self.digits(1),
                '^' => filled += &self.number(1),
                '@' => filled += &self.upper(1),
                '&' => filled += &self.of("abcdefghijklmnopqrstuvwxyz", 1),
                '~' => filled += &self.hex(1),
                other => filled.push(other),
            }
        }
        filled
    }
}
