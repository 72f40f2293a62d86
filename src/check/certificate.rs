//! Until when a server's certificate is good. That it is good now, the handshake has shown.

use super::{Line, Verdict, line, ok};
use crate::model::Timestamp;

/// With fewer days left somebody should look why it was not renewed.
const FEW_DAYS: i64 = 14;

/// The line for a certificate in DER; none when the connection has none.
pub(super) fn look(name: &'static str, der: Option<&[u8]>, now: Timestamp) -> Option<Line> {
    let until = expires(der?);
    Some(match until {
        None => line(name, Verdict::Warn, "the server's certificate cannot be read", ""),
        Some(until) if (until - now).num_days() < FEW_DAYS => {
            let says = format!("the server's certificate ends on {}", until.format("%Y-%m-%d"));
            line(name, Verdict::Warn, says, "have it renewed: connections fail from then on")
        }
        Some(until) => ok(name, format!("certificate good until {}", until.format("%Y-%m-%d"))),
    })
}

fn expires(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    Timestamp::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_a_warning() {
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        assert_eq!(look("x", None, now), None);
        for bad in [&b""[..], b"0", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(look("x", Some(bad), now).unwrap().verdict, Verdict::Warn);
        }
    }
}
