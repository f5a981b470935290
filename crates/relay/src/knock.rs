//! Reaching for tools as somebody would who goes around the gateway: without credentials.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use syndic_model::Knocked;
use tokio::net::TcpStream;

/// How long an address may take to answer.
const WITHIN: Duration = Duration::from_secs(5);

/// Reaches for an address: `https://`, `http://`, or `tcp://` with a port, where a connection is enough.
pub async fn knock(url: &str) -> Knocked {
    let knocked = match url.strip_prefix("tcp://") {
        Some(rest) => tokio::time::timeout(WITHIN, connect(rest.trim_end_matches('/'))).await,
        None => tokio::time::timeout(WITHIN, ask(url)).await,
    };
    knocked.unwrap_or_else(|_| Knocked::Refused("it did not answer in time".to_owned()))
}

async fn connect(address: &str) -> Knocked {
    let found = match tokio::net::lookup_host(address).await {
        Ok(found) => found.collect::<Vec<_>>(),
        Err(error) => return Knocked::Untried(format!("its name cannot be resolved: {error}")),
    };
    match TcpStream::connect(found.as_slice()).await {
        Ok(_) => Knocked::Open("it takes connections".to_owned()),
        Err(error) => Knocked::Refused(error.to_string()),
    }
}

async fn ask(url: &str) -> Knocked {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return Knocked::Untried(error.to_string()),
    };
    match client.get(url).send().await {
        Ok(response) => match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Knocked::Refused(format!("it answered {status}"))
            }
            status => Knocked::Open(format!("it answered {status}")),
        },
        Err(error) if error.is_connect() => match resolves(url).await {
            true => Knocked::Refused("nothing takes connections there".to_owned()),
            false => Knocked::Untried("its name cannot be resolved".to_owned()),
        },
        Err(error) => Knocked::Untried(error.without_url().to_string()),
    }
}

/// Tells whether there is a machine of that name.
async fn resolves(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    tokio::net::lookup_host((host, port)).await.is_ok_and(|mut found| found.next().is_some())
}
