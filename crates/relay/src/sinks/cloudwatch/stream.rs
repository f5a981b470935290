//! The stream of an agent.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use syndic_model::Hex;

/// The longest name that AWS takes; counted in bytes here, which is never more than its characters.
const MOST: usize = 512;
/// What a name that was cut ends with: `~` and so many bytes of a hash of the whole, in hexadecimal.
const HASH: usize = 16;

/// Names the stream of an agent. No two agents have the same one: what AWS forbids (`:`, `*`), what no console shows
/// (control characters), and what marks that (`%`, `~`) is written as `%` and two digits, and a name that is too long
/// for AWS ends with a hash of the whole.
pub(super) fn stream(agent: &str) -> String {
    let mut name = String::with_capacity(agent.len());
    for character in agent.chars() {
        if character.is_control() || matches!(character, ':' | '*' | '%' | '~') {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to text never fails.
                let _ = write!(name, "%{byte:02X}");
            }
        } else {
            name.push(character);
        }
    }
    if name.is_empty() {
        return "~".to_owned();
    }
    if name.len() <= MOST {
        return name;
    }
    let hash = Sha256::digest(agent.as_bytes());
    name.truncate(name.floor_char_boundary(MOST - 1 - 2 * HASH));
    let hash: Vec<u8> = hash.iter().take(HASH).copied().collect();
    format!("{name}~{}", Hex(&hash))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::stream;

    #[test]
    fn cloudwatch_a_stream_is_the_agents_name_without_what_aws_forbids() {
        for (agent, name) in [
            ("customer-support", "customer-support"),
            ("Kundendienst Süd/1", "Kundendienst Süd/1"),
            ("a:b*c%d~e", "a%3Ab%2Ac%25d%7Ee"),
            ("x\r\nX-Amz-Target: y", "x%0D%0AX-Amz-Target%3A y"),
            ("\u{85}", "%C2%85"),
            ("", "~"),
        ] {
            assert_eq!(stream(agent), name);
        }
    }

    #[test]
    fn cloudwatch_no_two_agents_have_one_stream_and_no_name_is_too_long() {
        let long = "ü".repeat(300);
        let agents = [
            "a:b".to_owned(),
            "a%3Ab".to_owned(),
            "a*b".to_owned(),
            "x".repeat(512),
            "x".repeat(513),
            format!("{}y", "x".repeat(512)),
            stream(&"x".repeat(513)),
            long.clone(),
            format!("{long}ü"),
            ":".repeat(200),
        ];
        let names: BTreeSet<_> = agents.iter().map(|agent| stream(agent)).collect();
        assert_eq!(names.len(), agents.len());
        for name in names {
            assert!(name.len() <= 512 && !name.contains([':', '*']), "{name}");
        }
    }
}
