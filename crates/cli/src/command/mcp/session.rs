//! The session of all servers that one client started.

use std::fs;
use std::os::unix::process::parent_id;

use sha2::{Digest as _, Sha256};
use syndic_model::AgentId;

/// Derives a session from the process that started this one, as long as it lives: what one of its servers read binds
/// what the agent does through another. `None` where the system does not tell about processes.
pub(super) fn of_parent(agent: &AgentId) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let parent = parent_id();
    let stat = fs::read_to_string(format!("/proc/{parent}/stat")).ok()?;
    Some(derive(agent.as_str(), boot.trim(), parent, started(&stat)?))
}

/// Makes a name of what tells a process from all others, ever. A session belongs to one agent.
fn derive(agent: &str, boot: &str, process: u32, started: &str) -> String {
    let digest = Sha256::digest(format!("{agent}\n{boot}\n{process}\n{started}"));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("mcp-{hex}")
}

/// Reads when a process started, in ticks since boot, from its `stat`. The program's name may hold anything.
fn started(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)
}

#[cfg(test)]
mod tests {
    use super::{derive, of_parent, started};

    #[test]
    fn servers_of_one_parent_share_a_session_and_nobody_else_does() {
        let agent = "a".parse().unwrap();
        assert_eq!(of_parent(&agent), of_parent(&agent));
        let session = derive("a", "boot", 1, "2");
        for other in [
            derive("b", "boot", 1, "2"),
            derive("a", "again", 1, "2"),
            derive("a", "boot", 2, "2"),
            derive("a", "boot", 1, "3"),
        ] {
            assert_ne!(session, other);
        }
        assert_eq!(session.len(), 36);
    }

    #[test]
    fn the_start_is_read_whatever_the_program_is_called() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 0 0";
        assert_eq!(started(stat), Some("987654"));
        assert_eq!(started("42 (a) S 1"), None);
        assert_eq!(started(""), None);
    }
}
