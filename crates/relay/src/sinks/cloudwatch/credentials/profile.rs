//! The file with credentials that AWS's tools share.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use jiff::Timestamp;

use super::{BEFORE_EXPIRY, Environment, read};
use crate::sink::Failure;

pub(super) const NAME: &str = "the shared file of AWS credentials";
/// The file is read again after so long: who changes keys expects the new ones to be used.
const READ_AGAIN: Duration = Duration::from_secs(5 * 60);

/// A profile of the shared file.
pub(super) struct Profile {
    path: PathBuf,
    name: String,
    /// `AWS_PROFILE` names it, so it is meant.
    is_named: bool,
}

impl Profile {
    pub(super) fn new(environment: Environment<'_>) -> Option<Self> {
        let path = environment("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let home = || Some(PathBuf::from(environment("HOME")?).join(".aws/credentials"));
        let named = environment("AWS_PROFILE");
        let is_named = named.is_some();
        let name = named.unwrap_or_else(|| "default".to_owned());
        Some(Self { path: path.or_else(home)?, name, is_named })
    }

    pub(super) async fn look(&self, now: Timestamp) -> Result<Option<Credentials>, Failure> {
        let text = read(self.path.clone()).await?;
        let keys = text.as_deref().and_then(|text| keys(text, &self.name));
        let place = || format!("profile `{}` of `{}`", self.name, self.path.display());
        let Some(keys) = keys else {
            if self.is_named {
                return Err(Failure::stopped(format!(
                    "there is no {}: mend `AWS_PROFILE`",
                    place()
                )));
            }
            return Ok(None);
        };
        let Keys { id: Some(id), secret: Some(secret), token } = keys else {
            return Err(Failure::stopped(format!(
                "{} has no `aws_access_key_id` and `aws_secret_access_key`: syndic reads keys there, no roles, processes or single sign-on",
                place()
            )));
        };
        let expiry = SystemTime::from(now) + READ_AGAIN + BEFORE_EXPIRY;
        Ok(Some(Credentials::new(id, secret, token, Some(expiry), NAME)))
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Keys {
    id: Option<String>,
    secret: Option<String>,
    token: Option<String>,
}

/// Reads what stands below `[name]`, if that is there.
fn keys(text: &str, name: &str) -> Option<Keys> {
    let mut found: Option<Keys> = None;
    let mut is_within = false;
    for line in text.lines() {
        let bare = line.split([';', '#']).next().unwrap_or_default().trim();
        if let Some(section) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_within = section.trim() == name;
            if is_within {
                found.get_or_insert_default();
            }
        } else if let Some(keys) = found.as_mut().filter(|_| is_within)
            && let Some((key, value)) = line.split_once('=')
        {
            // A value may have any character: what follows a space and a `#` is a comment.
            let value = value.split(" #").next().unwrap_or_default();
            let value = Some(value.split(" ;").next().unwrap_or_default().trim().to_owned());
            match key.trim().to_ascii_lowercase().as_str() {
                "aws_access_key_id" => keys.id = value,
                "aws_secret_access_key" => keys.secret = value,
                "aws_session_token" => keys.token = value,
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Keys, keys};

    #[test]
    fn cloudwatch_a_profile_is_read_as_aws_writes_it() {
        let text = "# mine\n[default]\naws_access_key_id = AKID1\naws_secret_access_key=a/b+c= # old\n\n\
                    [ work ]\r\nAWS_ACCESS_KEY_ID=AKID2\r\naws_secret_access_key = s#1\r\naws_session_token = t==\r\n\
                    s3 =\n  max = 1\n; [none]\n[role]\nrole_arn = arn:x\n";
        let of = |id: &str, secret: &str, token: Option<&str>| {
            let [id, secret] = [id, secret].map(|text| Some(text.to_owned()));
            Some(Keys { id, secret, token: token.map(str::to_owned) })
        };
        assert_eq!(keys(text, "default"), of("AKID1", "a/b+c=", None));
        assert_eq!(keys(text, "work"), of("AKID2", "s#1", Some("t==")));
        assert_eq!(keys(text, "role"), Some(Keys::default()));
        assert_eq!(keys(text, "none"), None);
        assert_eq!(keys("aws_access_key_id = x", "default"), None);
    }
}
