//! `syndic sign-in`

use std::os::unix::net::UnixStream;

use syndic_client::Client;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::when::readable;
use crate::{daemon, directory, key};

/// Make a link that signs a browser in
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic sign-in --dir governance --key-file admin.key
  syndic sign-in --url https://syndic.example.com --key-file auditor.key

The link is good once and for ten minutes, and the browser may then do what the key may, for eight hours at most.
It needs a running daemon and the key of a person: an approver's, an auditor's or an administrator's.")]
pub(crate) struct SignInArgs {}

pub(crate) async fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let key = Some(key::required(global)?);
    let client = match &global.url {
        Some(url) => Client::tcp(url, key)?,
        None => {
            directory::known(&global.dir)?;
            let socket = daemon::socket(&syndic_governance::data_dir(&global.dir));
            if UnixStream::connect(&socket).is_err() {
                return Err(Failure::new(
                    format!("no daemon serves `{}`", global.dir.display()),
                    "start one: `syndic serve` prints such a link too, where it is shown a key",
                )
                .into());
            }
            Client::unix(&socket, key)?
        }
    };
    if client.is_in_clear() {
        out.warning("the key goes over the network unencrypted");
    }
    let link = client.sign_in_code().await?;
    if out.is_json() {
        out.document(&link)?;
    } else {
        out.line(out.paint(Tone::Strong, &link.url))?;
        out.note(format!("good once, until {} UTC", readable(link.expires_at)));
    }
    Ok(Exit::Success)
}
