//! Which addresses may be connected to, where somebody else says which host is asked.
//!
//! In: an address that a name led to. Out: whether it lies on the public Internet, or in a network that was allowed.
//! A name that leads here and to somewhere public is refused whole: it may lead elsewhere a moment later.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy)]
pub enum Reach<'a> {
    /// Any: the host stands in our own configuration.
    Anywhere,
    /// Those of the public Internet, and these networks.
    Public(&'a [Network]),
}

impl Reach<'_> {
    /// Whether an address may be connected to.
    #[must_use]
    pub fn covers(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Anywhere => true,
            Self::Public(also) => is_public(address) || also.iter().any(|network| network.holds(address)),
        }
    }
}

/// Addresses with a common beginning: `10.0.0.0/8`, `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// Text that is no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoNetwork(String);

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a network; write an address, or its beginning as in 10.0.0.0/8",
            self.0
        )
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let first: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let all = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), |bits| bits.trim().parse().map_err(|_| wrong()))?;
        if bits > all {
            return Err(wrong());
        }
        Ok(Self { first, bits })
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        // Both at the same end of 128 bits.
        let number = |address: IpAddr| match address {
            IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
            IpAddr::V6(v6) => v6.to_bits(),
        };
        let differ = number(self.first) ^ number(address);
        self.first.is_ipv4() == address.is_ipv4() && differ.leading_zeros() >= u32::from(self.bits)
    }
}

/// Somewhere on the public Internet: neither this machine nor its neighbours, nor anything that stands for them.   RFC 6890
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let inside = address.is_private() || address.is_loopback() || address.is_link_local() || matches!((a, b), (100, 64..=127));
    let odd = a == 0 || a >= 224 || matches!((a, b, c), (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _));
    !inside && !odd && !address.is_documentation()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // Translated to IPv4 on the way.   RFC 6052, 3056
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Teredo, ORCHID, benchmarks and the like; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:c0a8:101::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(!Reach::Public(&[]).covers(address(inside)), "{inside}");
            assert!(Reach::Anywhere.covers(address(inside)));
        }
        for outside in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::101:101",
            "::ffff:1.1.1.1",
        ] {
            assert!(Reach::Public(&[]).covers(address(outside)), "{outside}");
        }
    }

    #[test]
    fn a_network_that_is_allowed_is_reached_and_no_other() {
        let networks: Vec<Network> = ["10.0.0.0/8", "127.0.0.1", "fd12:3456::/32", "::1"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        for inside in ["10.255.0.1", "127.0.0.1", "::ffff:10.0.0.1", "fd12:3456:1::1", "::1"] {
            assert!(Reach::Public(&networks).covers(address(inside)), "{inside}");
        }
        for outside in ["127.0.0.2", "192.168.0.1", "fd12:3457::1", "::2"] {
            assert!(!Reach::Public(&networks).covers(address(outside)), "{outside}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(Reach::Public(&[all]).covers(address("192.168.0.1")) && !Reach::Public(&[all]).covers(address("::1")));
        for wrong in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/x", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
