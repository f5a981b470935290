//! What is in force, by the governance directory and the environment.

use std::sync::Arc;

use parking_lot::Mutex;
use syndic_governance::{Governance, SmtpTls as Protection};

use crate::in_force::{Config, Endpoint, InForce, SlackApp, Smtp, SmtpTls};

/// Looks a secret up by the name that the files give it.
pub(crate) type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Returns what is in force whenever it is asked, read anew where the directory changed. Secrets come from `variable`.
pub(crate) fn governed(
    governance: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
    variable: Box<Variable>,
) -> Box<dyn Fn() -> Option<Arc<InForce>> + Send + Sync> {
    let last: Mutex<Option<(Arc<Governance>, Arc<InForce>)>> = Mutex::new(None);
    Box::new(move || {
        let governance = governance()?;
        let mut last = last.lock();
        if let Some((of, in_force)) = &*last
            && Arc::ptr_eq(of, &governance)
        {
            return Some(Arc::clone(in_force));
        }
        let in_force = Arc::new(InForce::of(&governance, &variable));
        *last = Some((governance, Arc::clone(&in_force)));
        Some(in_force)
    })
}

/// Reads a variable of the process's environment.
#[must_use]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl InForce {
    fn of(governance: &Governance, variable: &Variable) -> Self {
        let notify = &governance.settings.notify;
        let smtp = notify.smtp.as_ref().map(|smtp| {
            let login = match (&smtp.username, &smtp.password_env) {
                (Some(name), Some(password)) => Some((name.clone(), secret(password, variable)?)),
                (Some(_), None) | (None, Some(_) | None) => None,
            };
            Ok(Smtp {
                host: smtp.host.clone(),
                port: smtp.port,
                tls: match smtp.tls {
                    Protection::StartTls => SmtpTls::StartTls,
                    Protection::Implicit => SmtpTls::Tls,
                    Protection::None => SmtpTls::None,
                },
                from: smtp.from.clone(),
                login,
            })
        });
        let webhooks = notify.webhooks.iter().map(|(name, webhook)| {
            let signed =
                webhook.secret_env.as_deref().map(|name| secret(name, variable)).transpose();
            (name.clone(), signed.map(|secret| Endpoint { url: webhook.url.clone(), secret }))
        });
        Self {
            approvers: governance.approvers.clone(),
            agents: governance
                .agents
                .iter()
                .map(|(id, profile)| (id.to_string(), profile.name.clone()))
                .collect(),
            config: Config {
                public_url: public_url(governance),
                smtp,
                slack: SlackApp::of(governance, variable),
                webhooks: webhooks.collect(),
            },
        }
    }
}

impl SlackApp {
    /// Reads the app that a governance directory names, where it names one, with secrets from the environment; an error
    /// where one is not set.
    #[must_use]
    pub fn named(governance: &Governance) -> Option<Result<Self, String>> {
        Self::of(governance, &environment)
    }

    fn of(governance: &Governance, variable: &Variable) -> Option<Result<Self, String>> {
        let slack = governance.settings.notify.slack.as_ref()?;
        let signing_secret =
            slack.signing_secret_env.as_deref().map(|name| secret(name, variable)).transpose();
        let read = |signing_secret| {
            Ok(Self {
                token: secret(&slack.token_env, variable)?,
                signing_secret,
                api: slack.api_url.clone(),
            })
        };
        Some(signing_secret.and_then(read))
    }
}

fn secret(name: &str, variable: &Variable) -> Result<String, String> {
    variable(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))
}

fn public_url(governance: &Governance) -> String {
    let settings = &governance.settings;
    settings.public_url.clone().unwrap_or_else(|| {
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", settings.listen)
    })
}
