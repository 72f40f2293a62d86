//! Tokens: one for all, fresh, stored before use; and what happens when there is none.

use std::sync::Arc;
use std::time::Duration;

use replyd::model::Secret;
use replyd::net::{NoToken, Tokens};
use replyd::oauth::{Keeper, Right, Settings, store};
use tokio::time::timeout;

use super::provider::{Next, Provider, field};

struct Account {
    dir: tempfile::TempDir,
    provider: Arc<Provider>,
    keeper: Keeper,
}

fn settings(provider: &Provider, right: Right) -> Settings {
    Settings {
        client_id: "the-client".into(),
        client_secret: Some(Secret::new("the-client-secret".into())),
        token_endpoint: provider.endpoint("token"),
        scopes: "mail".into(),
        right,
        ca_file: None,
    }
}

impl Account {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("state")).unwrap();
        let provider = Provider::start("bot@agency.example", "key");
        let path = dir.path().join("state/token");
        store(&path, &Secret::new("refresh-token-0".into())).unwrap();
        let keeper = Keeper::new(settings(&provider, Right::Person(path)));
        Self { dir, provider, keeper }
    }

    fn state(&self) -> std::path::PathBuf {
        self.dir.path().join("state")
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.state().join("token")).unwrap()
    }
}

fn used(provider: &Provider) -> Vec<String> {
    provider.asked().iter().map(|form| field(form, "refresh_token")).collect()
}

/// R-I10. Whoever asks while a token is being fetched gets the same one, and the rotated refresh token is in the file by then.
#[tokio::test]
async fn one_renewal_serves_all_and_the_rotated_token_is_stored_first() {
    let account = Account::new();
    let asking = (0..10).map(|_| async {
        let token = account.keeper.token().await.unwrap();
        assert!(account.file().contains("refresh-token-1"), "not stored before it was handed out");
        token
    });
    let tokens = futures_util::future::join_all(asking).await;
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(used(&account.provider), ["refresh-token-0"]);
    // A refused token is not handed out again; the next one is fetched with the new refresh token.
    account.keeper.refused(&tokens[0]);
    let next = account.keeper.token().await.unwrap();
    assert_ne!(next, tokens[0]);
    account.keeper.refused(&tokens[0]);
    assert_eq!(
        account.keeper.token().await.unwrap(),
        next,
        "an old refusal says nothing about a new token"
    );
    assert_eq!(used(&account.provider), ["refresh-token-0", "refresh-token-1"]);
}

/// R-I10. No access token is used whose refresh token could not be stored; that is kept until it can be, and no other is asked for.
#[tokio::test]
async fn a_refresh_token_that_cannot_be_stored_is_kept_until_it_can() {
    let account = Account::new();
    // Where the new file would be written stands something else.
    let obstacle = account.state().join(format!("token.{}.new", std::process::id()));
    std::fs::create_dir(&obstacle).unwrap();
    for _ in 0..2 {
        let none = account.keeper.token().await;
        assert!(matches!(none, Err(NoToken::Later { .. })), "{none:?}");
    }
    assert!(account.file().contains("refresh-token-0"));
    std::fs::remove_dir(&obstacle).unwrap();
    account.keeper.token().await.unwrap();
    assert!(account.file().contains("refresh-token-1"));
    assert_eq!(used(&account.provider), ["refresh-token-0"]);
}

/// R-I10. While the provider is away a token that still holds is used; after its end there is none, and no letter is to blame.
#[tokio::test]
async fn what_passes_keeps_the_account_running_until_the_token_ends() {
    let account = Account::new();
    account.provider.will([Next::Grant(4)]);
    account.provider.does(Next::Refuse(503, "temporarily_unavailable"));
    let first = account.keeper.token().await.unwrap();
    // Short-lived tokens are renewed after half their life.
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    assert_eq!(account.keeper.token().await.unwrap(), first);
    assert_eq!(account.provider.count("refresh_token"), 2, "a renewal was tried");
    assert_eq!(account.keeper.token().await.unwrap(), first);
    assert_eq!(account.provider.count("refresh_token"), 2, "and not again at once");
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    let none = account.keeper.token().await;
    assert!(matches!(none, Err(NoToken::Later { .. })), "{none:?}");
    assert_eq!(account.keeper.stopped(), None, "nobody needs to log in for this");
}

/// R-I10, R-O11. The provider is not asked again with a login that it has refused; a new one is noticed, and used.
#[tokio::test]
async fn an_invalid_login_is_not_tried_again_until_there_is_another() {
    let account = Account::new();
    account.provider.does(Next::Refuse(400, "invalid_grant"));
    for _ in 0..3 {
        let none = account.keeper.token().await;
        assert!(matches!(none, Err(NoToken::LoginNeeded { .. })), "{none:?}");
    }
    assert_eq!(account.provider.count("refresh_token"), 1);
    let why = account.keeper.stopped().unwrap();
    assert!(why.contains("invalid_grant") && !why.contains("bot@"), "{why}");
    assert!(timeout(Duration::from_millis(300), account.keeper.restored()).await.is_err());

    account.provider.does(Next::Grant(3600));
    let (restored, ()) = tokio::join!(timeout(Duration::from_secs(10), account.keeper.restored()), async {
        store(&account.state().join("token"), &Secret::new("another-login".into())).unwrap();
    });
    restored.unwrap();
    account.keeper.token().await.unwrap();
    assert_eq!(used(&account.provider), ["refresh-token-0", "another-login"]);
    assert_eq!(account.keeper.stopped(), None);
}

/// Nobody has logged in yet: said without asking the provider.
#[tokio::test]
async fn without_a_login_nothing_is_asked() {
    let account = Account::new();
    std::fs::remove_file(account.state().join("token")).unwrap();
    assert!(matches!(account.keeper.token().await, Err(NoToken::LoginNeeded { .. })));
    assert!(account.provider.asked().is_empty());
    store(&account.state().join("token"), &Secret::new("refresh-token-0".into())).unwrap();
    account.keeper.restored().await;
    account.keeper.token().await.unwrap();
}

/// A command beside the daemon uses the same file: whoever comes second takes up what the first has stored.
#[tokio::test]
async fn two_that_share_a_file_do_not_throw_each_other_out() {
    let account = Account::new();
    let path = account.state().join("token");
    account.keeper.token().await.unwrap();
    let beside = Keeper::new(settings(&account.provider, Right::Person(path)));
    beside.token().await.unwrap();
    let mine = account.keeper.token().await.unwrap();
    account.keeper.refused(&mine);
    account.keeper.token().await.unwrap();
    assert_eq!(used(&account.provider), ["refresh-token-0", "refresh-token-1", "refresh-token-2"]);
}

/// Client credentials: no person, no file.
#[tokio::test]
async fn an_application_has_a_right_of_its_own() {
    let provider = Provider::start("bot@agency.example", "key");
    let keeper = Keeper::new(settings(&provider, Right::Application));
    keeper.token().await.unwrap();
    let form = &provider.asked()[0];
    assert_eq!(field(form, "grant_type"), "client_credentials");
    assert_eq!(
        (field(form, "scope"), field(form, "client_secret")),
        ("mail".into(), "the-client-secret".into())
    );
    assert!(field(form, "refresh_token").is_empty());
    assert!(!format!("{keeper:?}").contains("the-client-secret"));
}

/// An endpoint is asked in plain text on this machine only, answers of any size cost little, and redirects are not followed.
#[tokio::test]
async fn odd_endpoints_are_refused() {
    let elsewhere = Provider::start("bot@agency.example", "key");
    let answers: [(&str, String); 3] = [
        (
            "302 Found",
            format!("Location: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.endpoint("token")),
        ),
        ("200 OK", format!("Content-Length: 9000000\r\n\r\n{}", "x".repeat(9_000_000))),
        ("200 OK", "Content-Length: 9\r\n\r\n<html>no".to_owned()),
    ];
    for (status, rest) in answers {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{rest}").as_bytes());
        });
        let mut odd = settings(&elsewhere, Right::Application);
        odd.token_endpoint = format!("http://127.0.0.1:{port}/token");
        let none = Keeper::new(odd).token().await;
        assert!(matches!(none, Err(NoToken::Later { .. })), "{none:?}");
    }
    assert!(elsewhere.asked().is_empty(), "a redirect was followed");
    for endpoint in ["http://192.0.2.1/token", "ftp://127.0.0.1/token", "token", ""] {
        let mut odd = settings(&elsewhere, Right::Application);
        odd.token_endpoint = endpoint.to_owned();
        assert!(Keeper::new(odd).token().await.is_err(), "{endpoint}");
    }
}
