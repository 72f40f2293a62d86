//! What DNS says of the domain letters are sent from: hints, for a server that sends for us may do without some of it.   RFC 7208, 6376, 7489

use std::net::SocketAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use tokio::time::timeout;

use super::{Line, SOON, Verdict, line, ok, skip};
use crate::config::Config;

pub(super) async fn look(config: &Config, server: Option<SocketAddr>) -> Vec<Line> {
    let domain = config.ink.bot.address.domain();
    let Some(resolver) = resolver(server) else {
        return vec![skip("dns", "not checked: this system names no DNS server")];
    };
    let key = config.ink.dkim.as_ref().map(|signer| signer.record());
    let (spf, dmarc, dkim) = tokio::join!(
        texts(&resolver, domain.to_owned()),
        texts(&resolver, format!("_dmarc.{domain}")),
        async {
            match key.clone() {
                Some(name) => Some((name.clone(), texts(&resolver, name).await)),
                None => None,
            }
        },
    );
    if spf.is_none() && dmarc.is_none() {
        return vec![skip("dns", format!("not checked: DNS does not answer about {domain}"))];
    }
    let mut lines = vec![
        match &spf {
            None => skip("spf", "not checked: DNS does not answer"),
            Some(texts) => spf_line(texts, domain),
        },
        match &dmarc {
            None => skip("dmarc", "not checked: DNS does not answer"),
            Some(texts) => dmarc_line(texts, domain),
        },
    ];
    lines.push(match &dkim {
        None => skip(
            "dkim",
            "letters are signed by your mail server or not at all; a received letter's DKIM-Signature tells",
        ),
        Some((name, None)) => skip("dkim", format!("not checked: DNS does not answer about {name}")),
        Some((name, Some(texts))) => dkim_line(texts, name),
    });
    lines
}

fn resolver(server: Option<SocketAddr>) -> Option<TokioResolver> {
    let builder = match server {
        None => TokioResolver::builder_tokio().ok()?,
        Some(address) => {
            let mut udp = ConnectionConfig::udp();
            udp.port = address.port();
            let server = NameServerConfig::new(address.ip(), true, vec![udp]);
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    builder.build().ok()
}

/// The TXT records of a name; none of them is an answer, silence is not.
async fn texts(resolver: &TokioResolver, name: String) -> Option<Vec<String>> {
    // With the dot at its end no search list is tried.
    match timeout(SOON, resolver.txt_lookup(format!("{name}."))).await {
        Err(_elapsed) => None,
        Ok(Err(error)) => error.is_no_records_found().then(Vec::new),
        Ok(Ok(found)) => {
            let records = found.answers().iter().filter_map(|record| {
                let RData::TXT(text) = &record.data else { return None };
                Some(text.txt_data.concat())
            });
            Some(records.map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
        }
    }
}

fn spf_line(texts: &[String], domain: &str) -> Line {
    let found: Vec<&String> = texts.iter().filter(|text| starts(text, "v=spf1")).collect();
    match found.as_slice() {
        [] => line(
            "spf",
            Verdict::Warn,
            format!("{domain} has no SPF record"),
            "publish one that names your mail server: v=spf1 … -all",
        ),
        [one] if one.split_whitespace().any(|word| word == "+all" || word == "all") => line(
            "spf",
            Verdict::Warn,
            format!("{domain} lets everybody send (+all)"),
            "end the record with -all",
        ),
        [_] => ok("spf", format!("{domain} has an SPF record")),
        [..] => line(
            "spf",
            Verdict::Warn,
            format!("{domain} has several SPF records"),
            "leave one: with more, none counts (RFC 7208 3.2)",
        ),
    }
}

fn dmarc_line(texts: &[String], domain: &str) -> Line {
    match texts.iter().find(|text| starts(text, "v=dmarc1")) {
        None => line(
            "dmarc",
            Verdict::Warn,
            format!("_dmarc.{domain} has no DMARC record"),
            "publish one: v=DMARC1; p=none; rua=mailto:…",
        ),
        Some(_) => ok("dmarc", format!("{domain} has a DMARC record")),
    }
}

fn dkim_line(texts: &[String], name: &str) -> Line {
    let key = |text: &&String| {
        text.split(';')
            .any(|part| part.trim().strip_prefix("p=").is_some_and(|key| !key.trim().is_empty()))
    };
    match texts.iter().find(key) {
        Some(_) => ok("dkim", format!("{name} has a key")),
        None => {
            let fix = "publish the public half of [dkim] key_file there: without it our signatures count as broken";
            line("dkim", Verdict::Fail, format!("{name} has no key"), fix)
        }
    }
}

fn starts(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_judged_as_receivers_do() {
        let texts = |all: &[&str]| -> Vec<String> { all.iter().map(|one| (*one).to_owned()).collect() };
        for (records, verdict) in [
            (&["google-site-verification=x", "v=spf1 mx -all"][..], Verdict::Ok),
            (&[], Verdict::Warn),
            (&["v=spf1 +all"], Verdict::Warn),
            (&["v=spf1 a", "v=spf1 mx -all"], Verdict::Warn),
        ] {
            assert_eq!(spf_line(&texts(records), "a.example").verdict, verdict, "{records:?}");
        }
        assert_eq!(dmarc_line(&texts(&["v=DMARC1; p=reject"]), "a.example").verdict, Verdict::Ok);
        assert_eq!(dmarc_line(&texts(&["é"]), "a.example").verdict, Verdict::Warn);
        assert_eq!(
            dkim_line(&texts(&["v=DKIM1; k=rsa; p=MIIB"]), "s._domainkey.a.example").verdict,
            Verdict::Ok
        );
        // An empty key is a revoked one (RFC 6376 3.6.1).
        assert_eq!(dkim_line(&texts(&["v=DKIM1; p="]), "s._domainkey.a.example").verdict, Verdict::Fail);
    }
}
