//! Signed letters as golden files; `tests/judges/dkim` has them verified by a program that is not ours.

use std::path::Path;

use replyd::compose::Signer;

fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

#[test]
fn signed_letters_are_as_the_golden_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dkim");
    let read = |name: String| std::fs::read_to_string(folder.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let letter = crlf(&read("letter.eml".into()));
    for kind in ["rsa", "ed25519"] {
        let signer = Signer::from_pem("agency.example", kind, &read(format!("{kind}.pem"))).unwrap();
        let signed = signer.sign(&letter, "2026-11-20T10:00:00Z".parse().unwrap()).unwrap();
        let text = String::from_utf8(signed).unwrap();
        if std::env::var_os("REPLYD_BLESS").is_some() {
            std::fs::write(folder.join(format!("{kind}.eml")), text.replace("\r\n", "\n")).unwrap();
        }
        assert_eq!(text.as_bytes(), crlf(&read(format!("{kind}.eml"))), "{kind}.eml");
    }
}
