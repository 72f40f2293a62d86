//! `replyd login`, by the real binary.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use sha2::Digest as _;

use super::provider::{Next, Provider, field, parsed};

fn house(provider: &Provider, ways: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = format!(
        r#"[agency]
name = "Harbour Talent"
address = "bot@agency.example"
zone = "Europe/London"
[account]
provider = "microsoft365"
[oauth]
provider = "custom"
client_id = "the-client"
scopes = "mail offline"
token_endpoint = "{}"
{ways}
[http]
listen = "127.0.0.1:0"
public_url = "https://answers.agency.example"
"#,
        provider.endpoint("token")
    );
    std::fs::write(dir.path().join("config.toml"), config).unwrap();
    dir
}

fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
    command.arg("login").args(arguments).current_dir(dir).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn stored(dir: &Path) -> String {
    let path = dir.join("oauth-token");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn login_with_a_code_waits_as_told_and_stores_the_token() {
    let provider = Provider::start("bot@agency.example", "key");
    let dir = house(&provider, &format!("device_endpoint = \"{}\"", provider.endpoint("device")));
    provider.will([Next::Refuse(400, "authorization_pending"), Next::Refuse(503, ""), Next::Grant(3600)]);
    let output = command(dir.path(), &["custom"]).output().unwrap();
    let shown = told(&output);
    assert!(output.status.success(), "{shown}");
    assert!(
        shown.contains("https://login.example/device") && shown.contains("WDJB-MJHT"),
        "{shown}"
    );
    assert!(stored(dir.path()).contains("refresh-token-1"));
    for secret in provider.secrets() {
        assert!(!shown.contains(&secret), "{secret} was shown: {shown}");
    }
    let asked = provider.asked();
    assert_eq!(
        (field(&asked[0], "client_id"), field(&asked[0], "scope")),
        ("the-client".into(), "mail offline".into())
    );
    assert_eq!(field(&asked[1], "device_code"), "the-device-code");

    // Refused by the person: what was stored before stays.
    provider.will([Next::Refuse(400, "access_denied")]);
    let output = command(dir.path(), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(65), "{}", told(&output));
    assert!(stored(dir.path()).contains("refresh-token-1"));
    // And config.toml means somebody else.
    let output = command(dir.path(), &["google"]).output().unwrap();
    assert_eq!(output.status.code(), Some(65), "{}", told(&output));
}

/// RFC 8628 3.5: five seconds more.
#[test]
fn login_slows_down_when_asked() {
    let provider = Provider::start("bot@agency.example", "key");
    let dir = house(&provider, &format!("device_endpoint = \"{}\"", provider.endpoint("device")));
    provider.will([Next::Refuse(400, "slow_down"), Next::Grant(3600)]);
    let began = std::time::Instant::now();
    let output = command(dir.path(), &[]).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    assert!(began.elapsed() >= std::time::Duration::from_secs(7), "one second, then six");
}

fn get(port: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// RFC 8252, 7636. Only the answer to this login counts, and the code is of no use to whoever else sees it.
#[test]
fn login_with_a_browser_takes_its_own_answer_only() {
    let provider = Provider::start("bot@agency.example", "key");
    let dir = house(&provider, "authorize_endpoint = \"https://login.example/authorize\"");
    let mut child = command(dir.path(), &[]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let page = line.trim_start_matches("Open").trim().to_owned();
    let (endpoint, query) = page.split_once('?').unwrap();
    assert_eq!(endpoint, "https://login.example/authorize");
    let query = parsed(query);
    let redirect = field(&query, "redirect_uri");
    let port = redirect.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let state = field(&query, "state");
    assert_eq!(field(&query, "code_challenge_method"), "S256");

    assert!(get(&port, "/favicon.ico").starts_with("HTTP/1.1 404"));
    assert!(get(&port, "/?code=evil&state=guessed").starts_with("HTTP/1.1 404"));
    assert!(get(&port, "/?code=evil").starts_with("HTTP/1.1 404"));
    let answer = get(&port, &format!("/?code=the%2Fcode&state={state}"));
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("the/code"), "{answer}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    assert!(stored(dir.path()).contains("refresh-token-1"));

    let form = &provider.asked()[0];
    assert_eq!((field(form, "code"), field(form, "redirect_uri")), ("the/code".into(), redirect));
    let challenge = BASE64URL.encode(sha2::Sha256::digest(field(form, "code_verifier")));
    assert_eq!(field(&query, "code_challenge"), challenge);
    assert!(!page.contains(&field(form, "code_verifier")));
}
