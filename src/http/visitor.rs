//! Who is asking, as far as a web server can tell.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The visitor's address: the peer's, or what the proxies we trust say in `X-Forwarded-For`.
///
/// The list is read from its end, where our own proxies write; whatever stands before the first untrusted address anybody may have written.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    let trusts = |address: &IpAddr| trusted.iter().any(|known| known.to_canonical() == *address);
    if !trusts(&peer) {
        return peer;
    }
    let values = headers.get_all("x-forwarded-for");
    let lines: Vec<&str> = values.iter().filter_map(|value| value.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        // Some proxies add the visitor's port.
        let hop = hop.trim();
        let with_port = || hop.parse::<SocketAddr>().map(|socket| socket.ip());
        let Ok(address) = hop.parse::<IpAddr>().or_else(|_| with_port()) else {
            break;
        };
        nearest = address.to_canonical();
        if !trusts(&nearest) {
            break;
        }
    }
    nearest
}

/// The user agent, cut to what is worth hashing.
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    let agent = headers.get("user-agent").map(|value| String::from_utf8_lossy(value.as_bytes()));
    agent.unwrap_or_default().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("198.51.100.7", &["192.0.2.1"]), "198.51.100.7");
        assert_eq!(seen("127.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen("::ffff:127.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        // A visitor's own header stands before what the proxies add.
        assert_eq!(seen("127.0.0.1", &["6.6.6.6, 192.0.2.1, 10.0.0.2"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", &["6.6.6.6", "192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", &["192.0.2.1:50123"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.1", &["[2001:db8::1]:50123"]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", &["192.0.2.1, junk"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
    }
}
