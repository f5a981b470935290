//! Mail: text and HTML, to one person or group.

use jiff::Timestamp;
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::channel::{Envelope, Failure, TRY_WITHIN};
use crate::in_force::{Smtp, SmtpTls};
use crate::matter::About;
use crate::notice::Notice;
use crate::plain::plain;

/// A mail server, and whom mails are from.
#[derive(Debug)]
pub(crate) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    pub(crate) fn new(smtp: &Smtp) -> Result<Self, Failure> {
        let from: Mailbox = smtp
            .from
            .parse()
            .map_err(|_| Failure::lasting("the sender's address is not one; mend `from`"))?;
        let unusable = |_| Failure::lasting("the mail server's name is not one; mend `host`");
        let builder = match smtp.tls {
            SmtpTls::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&smtp.host)
                .map_err(unusable)?,
            SmtpTls::Tls => {
                AsyncSmtpTransport::<Tokio1Executor>::relay(&smtp.host).map_err(unusable)?
            }
            SmtpTls::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host),
        };
        let builder = builder
            .port(smtp.port)
            .timeout(Some(TRY_WITHIN))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        let builder = match &smtp.login {
            Some((name, password)) => {
                builder.credentials(Credentials::new(name.clone(), password.clone()))
            }
            None => builder,
        };
        Ok(Self { transport: builder.build(), from })
    }

    pub(crate) async fn send(&self, to: &str, envelope: &Envelope) -> Result<(), Failure> {
        let message = compose(&self.from, to, envelope)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // What a server says often repeats the address, which is kept on no record.
                let reason = match error.status() {
                    Some(code) => format!("the mail server answered {code}"),
                    None => plain(&format!("the mail server cannot be used: {error}"), 200),
                };
                Err(Failure {
                    reason,
                    is_lasting: error.is_permanent(),
                    is_distrusted: false,
                    retry_after: None,
                })
            }
        }
    }
}

/// Composes a mail. No text of it can add a header: lettre encodes what is not plain, and [`Notice`] has none.
pub(crate) fn compose(from: &Mailbox, to: &str, envelope: &Envelope) -> Result<Message, Failure> {
    let to: Address = to
        .parse()
        .map_err(|_| Failure::lasting("the address is not one; mend the approver's file"))?;
    let notice = &envelope.notice;
    let message_id = |id: &str| format!("<{id}@{}>", from.email.domain());
    let subject = match notice.about {
        About::Ended => format!("Re: {}", notice.title),
        About::Requested
        | About::Escalated
        | About::GlassAsked
        | About::GlassOpened
        | About::GlassUnreviewed => notice.title.clone(),
    };
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        // What looks encoded would be decoded where it is read.
        .subject(subject.replace("=?", "= ?"))
        .message_id(Some(message_id(&envelope.id)))
        .date(envelope.at.max(Timestamp::UNIX_EPOCH).into())
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(follows) = &envelope.follows {
        message = message.references(message_id(follows)).in_reply_to(message_id(follows));
    }
    message.multipart(MultiPart::alternative_plain_html(text(notice), html(notice))).map_err(
        |error| Failure::lasting(plain(&format!("the mail cannot be written: {error}"), 200)),
    )
}

fn text(notice: &Notice) -> String {
    let mut text = format!("{}\n\n{}\n\n", notice.title, notice.lead);
    for (name, value) in &notice.rows {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if !notice.reasons.is_empty() {
        text.push_str("\nWhy it waits:\n");
        notice.reasons.iter().for_each(|reason| text.push_str(&format!("- {reason}\n")));
    }
    text.push('\n');
    for (word, link) in links(notice) {
        text.push_str(&format!("{word}: {link}\n"));
    }
    if notice.links.approve.is_some() {
        text.push_str(
            "\nA link opens a page; nothing is decided before you press the button there.\n",
        );
    }
    text
}

fn html(notice: &Notice) -> String {
    let rows: String = notice
        .rows
        .iter()
        .map(|(name, value)| {
            format!(
                "<tr><th align=\"left\" style=\"padding:2px 12px 2px 0\">{name}</th><td>{}</td></tr>\n",
                escape(value)
            )
        })
        .collect();
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"font-family:sans-serif;max-width:40em\">\n<h1 style=\"font-size:1.2em\">{title}</h1>\n\
         <p>{}</p>\n<table>\n{rows}</table>\n",
        escape(&notice.lead),
        title = escape(&notice.title),
    );
    if !notice.reasons.is_empty() {
        let reasons: String =
            notice.reasons.iter().map(|reason| format!("<li>{}</li>\n", escape(reason))).collect();
        html.push_str(&format!("<p>Why it waits:</p>\n<ul>\n{reasons}</ul>\n"));
    }
    for (word, link) in links(notice) {
        html.push_str(&format!("<p><a href=\"{}\">{word}</a></p>\n", escape(link)));
    }
    if notice.links.approve.is_some() {
        html.push_str(
            "<p>A link opens a page; nothing is decided before you press the button there.</p>\n",
        );
    }
    html.push_str("</body></html>\n");
    html
}

fn links(notice: &Notice) -> impl Iterator<Item = (&'static str, &str)> {
    let links = &notice.links;
    [("Approve", &links.approve), ("Reject", &links.reject), ("All about it", &links.page)]
        .into_iter()
        .filter_map(|(word, link)| Some((word, link.as_deref()?)))
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}
