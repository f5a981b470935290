//! Who is told, as the server does.

use syndic_testkit::MailServer;

use crate::governed::{Governed, refund};

#[tokio::test]
async fn people_are_told_of_what_an_embedded_agent_waits_for() {
    let mut mails = MailServer::start().await;
    let governed = Governed::shipped();
    let port = mails.address.port();
    governed.replace(
        "syndic.yaml",
        "server:\n",
        &format!(
            "notify:\n  smtp: {{ host: 127.0.0.1, port: {port}, tls: none, from: syndic@example.org }}\n\
             server:\n  public_url: https://syndic.example.org\n"
        ),
    );
    let governor = governed.open().await;
    governor.submit(refund(150)).await.unwrap();
    assert_eq!(mails.next().await.to, ["support-lead-1@example.org"]);
    governor.close().await;
    // The directory is free at once.
    governed.open().await.close().await;
}
