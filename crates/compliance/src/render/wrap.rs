//! Lines that fit a terminal.

/// The most columns of a line.
const COLUMNS: usize = 100;

/// What a command ends with on a line that another follows.
const JOINT: &str = " \\";

/// Writes words at an indentation, on as many lines as they need; lines after the first have another one. A word that
/// is longer than a line is cut.
pub(crate) fn wrap(out: &mut String, first: &str, rest: &str, words: &str) {
    fold(out, [first, rest], "", words);
}

/// Writes a command as [`wrap`] does, so that a shell still takes it for one.
pub(crate) fn wrap_command(out: &mut String, first: &str, rest: &str, words: &str) {
    fold(out, [first, rest], JOINT, words);
}

fn fold(out: &mut String, [first, rest]: [&str; 2], joint: &str, words: &str) {
    let most = COLUMNS - joint.len();
    let mut line = first.to_owned();
    let mut bare = true;
    for word in words.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if !bare && line.chars().count() + 1 + word.len() > most {
            line.push_str(joint);
            end(out, &mut line, rest);
            bare = true;
        }
        if !bare {
            line.push(' ');
        }
        while line.chars().count() + word.len() > most {
            let room = most.saturating_sub(line.chars().count()).max(1);
            line.extend(word.drain(..room.min(word.len())));
            end(out, &mut line, rest);
        }
        line.extend(word);
        bare = false;
    }
    end(out, &mut line, rest);
}

fn end(out: &mut String, line: &mut String, rest: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
    line.clear();
    line.push_str(rest);
}

/// Cuts words that are longer than some characters, and says so by an ellipsis.
pub(crate) fn shorten(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    let kept: String = words.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
