//! Whether the receiving server vouches for the author.   RFC 8601, 7489 3.1
//!
//! An Authentication-Results field is believed only for where it stands and whose name it carries: above the Received field that the
//! border itself wrote, and with exactly the configured authserv-id. Everything below that line came from outside and may be forged.
//! Two large services write otherwise, each in a way of its own ([`Stamps`]); the line is drawn in the same place.

use super::headers::{Field, Fields};
use crate::model::Address;

/// What is known of the server that takes mail in from the world.
#[derive(Debug, Clone, Default)]
pub struct Border {
    /// The authserv-id of its Authentication-Results (RFC 8601 2.5). Without one nothing is ever vouched for.
    pub authserv_id: Option<String>,
    /// The name it writes after `by` in its Received fields. Without one the topmost Received counts.
    pub host: Option<String>,
    /// The mailbox is closed to strangers: every author is taken at their word.
    pub trust_mailbox: bool,
    /// How it writes.
    pub stamps: Stamps,
}

/// How a border writes down what it found out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stamps {
    /// As RFC 8601 has it, above its own Received.
    #[default]
    Standard,
    /// Gmail writes Authentication-Results below its Received, where anybody could have written one. The same results stand above it,
    /// in ARC-Authentication-Results (RFC 8617 4.1.1).
    Gmail,
    /// Exchange Online writes Authentication-Results above its Received, but without an authserv-id.
    Exchange,
}

/// The name of Gmail's border, in Received and as its authserv-id.
const GMAIL: &str = "mx.google.com";
/// The names of Exchange Online's borders end like this.
const EXCHANGE: &str = ".mail.protection.outlook.com";

/// True when a believed field says that `author` is who the From says.
pub(super) fn vouched(fields: &Fields<'_>, author: &Address, border: &Border) -> bool {
    if border.trust_mailbox {
        return true;
    }
    let results: Vec<Results> = match border.stamps {
        Stamps::Standard => {
            let Some(id) = border.authserv_id.as_deref().filter(|id| !id.is_empty()) else {
                return false;
            };
            let believed = above_border(fields, border.host.as_deref());
            let parsed = believed.into_iter().filter_map(|field| Results::parse(&field.unfolded()));
            parsed.filter(|results| results.authserv_id.eq_ignore_ascii_case(id)).collect()
        }
        Stamps::Gmail => {
            let believed = above(fields, "arc-authentication-results", |host| host == GMAIL);
            let parsed = believed.into_iter().filter_map(|field| Results::parse_arc(&field.unfolded()));
            parsed.filter(|results| results.authserv_id.eq_ignore_ascii_case(GMAIL)).collect()
        }
        Stamps::Exchange => {
            let believed = above(fields, "authentication-results", |host| host.ends_with(EXCHANGE));
            believed
                .into_iter()
                .filter_map(|field| Results::parse_nameless(&field.unfolded()))
                .collect()
        }
    };
    let mut good = false;
    for results in &results {
        match results.verdict(author.domain()) {
            Verdict::Pass => good = true,
            // The same server cannot both vouch and refuse; the refusal is believed.
            Verdict::Fail => return false,
            Verdict::Nothing => {}
        }
    }
    good
}

/// What the last hop wrote on top of a mail: which `authserv_id` and `border` would have to name for it to be believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnTop {
    /// The name after `by` in the topmost Received.
    pub received_by: Option<String>,
    /// The authserv-id of the topmost Authentication-Results.
    pub authserv_id: Option<String>,
    /// That Received stands above those results.
    pub below: bool,
}

/// Reads what stands on top of a mail.
#[must_use]
pub fn on_top(raw: &[u8]) -> OnTop {
    let fields = Fields::read(raw);
    let place = |name: &str| fields.iter().position(|field| field.is(name));
    let value = |at: Option<usize>| at.and_then(|at| fields.iter().nth(at)).map(Field::unfolded);
    let (received, results) = (place("received"), place("authentication-results"));
    OnTop {
        received_by: value(received).and_then(|value| taken_in(&value)).map(|taken| taken.by),
        authserv_id: value(results)
            .and_then(|value| Results::parse(&value))
            .map(|results| results.authserv_id),
        below: received.zip(results).is_some_and(|(received, results)| received < results),
    }
}

/// The fields of this name above the first Received that a border wrote; none when there is no such Received.
fn above<'f, 'a>(fields: &'f Fields<'a>, name: &str, is_border: impl Fn(&str) -> bool) -> Vec<&'f Field<'a>> {
    let mut found = Vec::new();
    for field in fields.iter() {
        if field.is(name) {
            found.push(field);
        } else if field.is("received") && taken_in(&field.unfolded()).is_some_and(|taken| is_border(&taken.by)) {
            return found;
        }
    }
    Vec::new()
}

/// The Authentication-Results fields that stand above the border's own Received.
fn above_border<'f, 'a>(fields: &'f Fields<'a>, host: Option<&str>) -> Vec<&'f Field<'a>> {
    let mut found = Vec::new();
    let mut trace = fields.iter().peekable();
    while let Some(field) = trace.next() {
        if field.is("authentication-results") {
            found.push(field);
        } else if field.is("received") {
            let received = taken_in(&field.unfolded());
            let ours = host.is_none_or(|host| received.as_ref().is_some_and(|taken| taken.by.eq_ignore_ascii_case(host)));
            if !ours {
                continue;
            }
            let Some(received) = received.filter(|taken| taken.locally) else {
                return found;
            };
            // The border handed the mail to its own mailbox by LMTP, which adds one more Received on top. The next one is what the border
            // wrote when it took the mail in; were it another host's, the line would be drawn here.
            let mut between = Vec::new();
            for below in trace.by_ref() {
                if below.is("authentication-results") {
                    between.push(below);
                } else if below.is("received") {
                    if taken_in(&below.unfolded()).is_some_and(|next| next.by == received.by && !next.locally) {
                        found.append(&mut between);
                    }
                    break;
                }
            }
            return found;
        }
    }
    // No Received of the border at all: nobody can tell what was written by whom.
    Vec::new()
}

/// What a Received field says of whoever wrote it (RFC 5321 4.4).
struct Taken {
    /// The name after `by`, lower case.
    by: String,
    /// `with LMTP`, `LMTPS` and so on (RFC 3848).
    locally: bool,
}

/// Before `by` stands what the sender called itself, and that may be "by" or "with": the word counts only where no comment follows it,
/// and everything else only behind it.
fn taken_in(received: &str) -> Option<Taken> {
    let mut words = received.split_ascii_whitespace().peekable();
    loop {
        words.find(|word| word.eq_ignore_ascii_case("by"))?;
        if words.peek().is_some_and(|next| !next.starts_with(['(', '['])) {
            break;
        }
    }
    let by = words.next()?.trim_end_matches([';', '.']).to_ascii_lowercase();
    let how = words.find(|word| word.eq_ignore_ascii_case("with")).and_then(|_| words.next());
    Some(Taken {
        by,
        locally: how.is_some_and(|how| how.to_ascii_uppercase().contains("LMTP")),
    })
}

/// One parsed field.
#[derive(Debug, Default, PartialEq)]
struct Results {
    authserv_id: String,
    methods: Vec<Method>,
}

/// `dkim=pass header.d=client.example …`, all lower case but the property values.
#[derive(Debug, Default, PartialEq)]
struct Method {
    name: String,
    result: String,
    properties: Vec<(String, String)>,
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Pass,
    Fail,
    Nothing,
}

impl Results {
    /// RFC 8601 2.2. A field that does not follow the grammar says nothing.
    fn parse(value: &str) -> Option<Self> {
        Self::named(&clauses(value)?)
    }

    /// RFC 8617 4.1.1: the same behind the number of the instance.
    fn parse_arc(value: &str) -> Option<Self> {
        let clauses = clauses(value)?;
        let (first, rest) = clauses.split_first()?;
        matches!(first.as_slice(), [Token::Word(i), Token::Equals, Token::Word(_)] if i.eq_ignore_ascii_case("i")).then_some(())?;
        Self::named(rest)
    }

    /// The same without a name in front. A field with one is somebody else's.
    fn parse_nameless(value: &str) -> Option<Self> {
        let clauses = clauses(value)?;
        matches!(clauses.first()?.as_slice(), [Token::Word(_), Token::Equals, ..]).then_some(())?;
        Self::with_methods(String::new(), clauses.iter())
    }

    fn named(clauses: &[Vec<Token>]) -> Option<Self> {
        let mut clauses = clauses.iter();
        let mut head = clauses.next()?.iter();
        let Token::Word(id) = head.next()? else { return None };
        match head.next() {
            None => {}
            Some(Token::Word(version)) if version == "1" && head.next().is_none() => {}
            Some(_) => return None,
        }
        Self::with_methods(id.clone(), clauses)
    }

    fn with_methods<'c>(authserv_id: String, clauses: impl Iterator<Item = &'c Vec<Token>>) -> Option<Self> {
        let mut methods = Vec::new();
        for clause in clauses {
            if let Some(method) = Method::parse(clause)? {
                methods.push(method);
            }
        }
        Some(Self { authserv_id, methods })
    }

    fn verdict(&self, from: &str) -> Verdict {
        let of = |name: &str| self.methods.iter().filter(move |m| m.name == name).collect::<Vec<_>>();
        let dmarc = of("dmarc");
        if dmarc.iter().any(|m| m.result == "fail") {
            return Verdict::Fail;
        }
        let dmarc_passes = dmarc
            .iter()
            .any(|m| m.result == "pass" && m.value("header.from").is_some_and(|d| aligned(d, from)));
        let dkim_passes = of("dkim")
            .iter()
            .any(|m| m.result == "pass" && m.signer().is_some_and(|d| aligned(d, from)));
        if dmarc_passes || dkim_passes {
            Verdict::Pass
        } else {
            Verdict::Nothing
        }
    }
}

impl Method {
    /// `None` when malformed, `Some(None)` for an empty clause and for `none`.
    fn parse(clause: &[Token]) -> Option<Option<Self>> {
        let mut pairs = Vec::new();
        let mut rest = clause;
        while !rest.is_empty() {
            match rest {
                [Token::Word(key), Token::Equals, Token::Word(value), tail @ ..] => {
                    pairs.push((key.to_ascii_lowercase(), value.clone()));
                    rest = tail;
                }
                [Token::Word(none)] if pairs.is_empty() && none.eq_ignore_ascii_case("none") => return Some(None),
                _ => return None,
            }
        }
        if pairs.is_empty() {
            return Some(None);
        }
        let (name, result) = pairs.remove(0);
        // `method/1` is a method with its version.
        let name = name.split('/').next().unwrap_or_default().to_owned();
        Some(Some(Self {
            name,
            result: result.to_ascii_lowercase(),
            properties: pairs,
        }))
    }

    fn value(&self, property: &str) -> Option<&str> {
        let mut named = self.properties.iter().filter(|(key, _)| key == property);
        let (_, value) = named.next()?;
        // Said twice, it is not said.
        named.next().is_none().then_some(value.as_str())
    }

    /// The signing domain: `header.d`, else the domain of `header.i` (RFC 6376 3.5: it is `d` or below it).
    fn signer(&self) -> Option<&str> {
        match self.value("header.d") {
            Some(domain) => Some(domain),
            None => self.value("header.i").and_then(|i| i.rsplit_once('@')).map(|(_, domain)| domain),
        }
    }
}

/// The same domain, or one below the other, with at least two labels in common.
fn aligned(one: &str, other: &str) -> bool {
    let (one, other) = (
        one.trim_end_matches('.').to_ascii_lowercase(),
        other.trim_end_matches('.').to_ascii_lowercase(),
    );
    let below = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    let short = if one.len() < other.len() { &one } else { &other };
    let labels = short.split('.').collect::<Vec<_>>();
    labels.len() >= 2 && labels.iter().all(|label| !label.is_empty()) && (below(&one, &other) || below(&other, &one))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Equals,
}

/// Splits a field at its semicolons into words, with comments gone and quotes undone (RFC 5322 3.2).
fn clauses(value: &str) -> Option<Vec<Vec<Token>>> {
    let mut all: Vec<Vec<Token>> = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut chars = value.chars();
    let flush = |word: &mut Option<String>, all: &mut Vec<Vec<Token>>| {
        if let (Some(done), Some(clause)) = (word.take(), all.last_mut()) {
            clause.push(Token::Word(done));
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '(' => {
                let mut depth = 1;
                while depth > 0 {
                    match chars.next()? {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        '\\' => drop(chars.next()?),
                        _ => {}
                    }
                }
                flush(&mut word, &mut all);
            }
            ')' => return None,
            '"' => {
                let text = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => text.push(chars.next()?),
                        other => text.push(other),
                    }
                }
            }
            ';' => {
                flush(&mut word, &mut all);
                all.push(Vec::new());
            }
            '=' => {
                // Inside a value an equals sign is part of it; after a key it is the separator.
                let key_before = word.is_some() && all.last().is_none_or(|clause| clause.last() != Some(&Token::Equals));
                let spaced = word.is_none() && matches!(all.last().and_then(|clause| clause.last()), Some(Token::Word(_)));
                if key_before || spaced {
                    flush(&mut word, &mut all);
                    all.last_mut()?.push(Token::Equals);
                } else {
                    word.as_mut()?.push('=');
                }
            }
            space if space.is_ascii_whitespace() => flush(&mut word, &mut all),
            control if control.is_control() => return None,
            other => word.get_or_insert_default().push(other),
        }
    }
    flush(&mut word, &mut all);
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "mx.agency.example";
    const RECEIVED: &str = "Received: from mail.client.example by mx.agency.example with ESMTPS id 1; Tue, 7 Jul 2026 10:00:00 +0000\r\n";
    const PASS: &str = "Authentication-Results: mx.agency.example; dmarc=pass header.from=client.example\r\n";

    fn says(headers: &str) -> bool {
        let border = Border {
            authserv_id: Some(ID.into()),
            host: Some(ID.into()),
            trust_mailbox: false,
            stamps: Stamps::Standard,
        };
        let raw = format!("{headers}From: ann@client.example\r\n\r\nhi");
        vouched(
            &Fields::read(raw.as_bytes()),
            &Address::parse("ann@client.example").unwrap(),
            &border,
        )
    }

    #[test]
    fn a_field_of_the_border_above_its_received_is_believed() {
        for field in [
            "Authentication-Results: mx.agency.example; dmarc=pass header.from=client.example",
            "authentication-results:  MX.Agency.Example 1;\r\n\tspf=pass smtp.mailfrom=x.example;\r\n\tDMARC=Pass (p=none) header.from=client.example",
            "Authentication-Results: (a comment; with dmarc=fail (nested)) mx.agency.example; dkim=pass (2048-bit key) header.d=client.example header.s=s1",
            "Authentication-Results: \"mx.agency.example\"; dkim=pass reason=\"good; really\" header.d=mail.client.example header.b=\"a=b\"",
            "Authentication-Results: mx.agency.example; dkim=pass header.i=@client.example; dkim=fail header.d=list.example",
            "Authentication-Results: mx.agency.example; dkim/1 = pass header.d = client.example",
        ] {
            assert!(says(&format!("{field}\r\n{RECEIVED}")), "{field}");
        }
    }

    #[test]
    fn forged_authentication_results_never_count() {
        let forgeries = [
            format!("{RECEIVED}{PASS}"),
            format!("{RECEIVED}{RECEIVED}{PASS}"),
            format!("{RECEIVED}{PASS}{RECEIVED}"),
            PASS.to_owned(),
            format!("X-{PASS}{RECEIVED}"),
            format!("ARC-{PASS}{RECEIVED}"),
            format!("Subject: hi\r\n {PASS}{RECEIVED}"),
            format!("{}{RECEIVED}", PASS.replace(ID, "evil.example")),
            format!("{}{RECEIVED}", PASS.replace(ID, "mx.agency.example.evil.example")),
            format!("{}{RECEIVED}", PASS.replace(ID, "(mx.agency.example) evil.example")),
            format!("{}{RECEIVED}", PASS.replace(ID, "evil.example (; mx.agency.example)")),
            format!("{}{RECEIVED}", PASS.replace(ID, "evil.example mx.agency.example")),
            format!(
                "{}{RECEIVED}",
                PASS.replace("header.from=client.example", "header.from=evil.example")
            ),
            format!("{}{RECEIVED}", PASS.replace("header.from=client.example", "")),
            format!("{}{RECEIVED}", PASS.replace("header.from=client.example", "header.from=example")),
            format!(
                "{}{RECEIVED}",
                PASS.replace("header.from=client.example", "header.from=notclient.example")
            ),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "dmarc=fail (dmarc=pass)")),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "dmarc=none")),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "spf=pass")),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "spf=fail reason=\"; dmarc=pass\"")),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "spf=pass (unclosed; dmarc=pass")),
            format!("{}{RECEIVED}", PASS.replace("dmarc=pass", "dkim=pass header.d=evil.example")),
            format!("{PASS}{}{RECEIVED}", PASS.replace("dmarc=pass", "dmarc=fail")),
            format!(
                "{}{PASS}{RECEIVED}",
                RECEIVED
                    .replace("with ESMTPS", "with LMTP")
                    .replace("mx.agency", "store.agency")
                    .replace("by store", "by mx")
            ),
        ];
        for forged in &forgeries[..forgeries.len() - 1] {
            assert!(!says(forged), "{forged}");
        }
        // The same field in its right place does count: the cases above fail for their reason.
        assert!(says(&format!("{PASS}{RECEIVED}")));
    }

    #[test]
    fn a_local_delivery_above_the_border_is_not_the_border() {
        let lmtp = "Received: from mx.agency.example by mx.agency.example with LMTP id 2; Tue, 7 Jul 2026 10:00:01 +0000\r\n";
        assert!(says(&format!("{lmtp}{PASS}{RECEIVED}")));
        // A forged local delivery below the border's Received moves nothing.
        assert!(!says(&format!("{RECEIVED}{lmtp}{PASS}{RECEIVED}")));
        assert!(!says(&format!("{lmtp}{RECEIVED}{PASS}{RECEIVED}")));
        // An internal hop of another name stands above.
        let hop = "Received: from mx.agency.example by store.agency.example with ESMTP id 3; Tue, 7 Jul 2026 10:00:01 +0000\r\n";
        assert!(says(&format!("{hop}{PASS}{RECEIVED}")));
    }

    #[test]
    fn a_sender_who_is_called_like_a_word_of_received_hides_no_border() {
        let forged = format!("{PASS}{RECEIVED}");
        for hello in [
            "from by (evil.example [192.0.2.1])",
            "from with (LMTP.evil.example [192.0.2.1])",
            "from by [192.0.2.1]",
        ] {
            let border = format!("Received: {hello} by mx.agency.example (Postfix) with ESMTPS id 1; Tue, 7 Jul 2026 10:00:00 +0000\r\n");
            assert!(!says(&format!("{border}{forged}")), "{hello}");
            assert!(says(&format!("{PASS}{border}")), "{hello}");
        }
    }

    fn service_says(stamps: Stamps, headers: &str) -> bool {
        let raw = format!("{headers}From: ann@client.example\r\n\r\nhi");
        let border = Border {
            stamps,
            ..Border::default()
        };
        vouched(
            &Fields::read(raw.as_bytes()),
            &Address::parse("ann@client.example").unwrap(),
            &border,
        )
    }

    #[test]
    fn gmail_is_believed_above_its_received_where_it_repeats_its_results() {
        let hop = "Received: by 2002:a05:6a10:1:b0:1:2 with SMTP id x1csp1; Tue, 7 Jul 2026 03:00:01 -0700 (PDT)\r\nX-Received: by 2002:a05:1 with SMTP id y2; Tue, 7 Jul 2026 03:00:01 -0700 (PDT)\r\n";
        let arc = "ARC-Authentication-Results: i=1; mx.google.com;\r\n       dkim=pass header.i=@client.example header.s=s1 header.b=abc;\r\n       spf=pass (google.com: domain of ann@client.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=ann@client.example;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=client.example\r\n";
        let border = "Return-Path: <ann@client.example>\r\nReceived: from mail.client.example (mail.client.example. [192.0.2.1])\r\n        by mx.google.com with ESMTPS id p2si5.1.2026;\r\n        Tue, 7 Jul 2026 03:00:00 -0700 (PDT)\r\n";
        let below = "Authentication-Results: mx.google.com;\r\n       dmarc=pass (p=NONE) header.from=client.example\r\n";
        let says = |headers: &str| service_says(Stamps::Gmail, headers);
        assert!(says(&format!("{hop}{arc}{border}{below}")));
        assert!(says(&format!("{}{border}", arc.replace("i=1", "i=3"))));
        for forged in [
            // Gmail's own is below the line too, and so is whatever the sender wrote.
            format!("{hop}{border}{below}"),
            format!("{hop}{border}{arc}{below}"),
            format!("{hop}{border}{arc}{border}"),
            format!("{hop}{}{border}{arc}{below}", arc.replace("dmarc=pass", "dmarc=fail")),
            format!("{hop}{}{border}{below}", arc.replace("mx.google.com", "mx.evil.example")),
            format!("{hop}{}{border}{below}", arc.replace("i=1; ", "")),
            format!("{hop}{below}{border}"),
            format!("{hop}{arc}"),
            arc.to_owned(),
            format!("{arc}{}", border.replace("mx.google.com", "mx.google.com.evil.example")),
            format!("{hop}{}{border}", arc.replace("client.example", "evil.example")),
        ] {
            assert!(!says(&forged), "{forged}");
        }
    }

    #[test]
    fn exchange_is_believed_above_its_received_without_a_name() {
        let hops = "Received: from DB9PR01.eurprd01.prod.exchangelabs.com (2603:10a6::1) by AM0PR01.eurprd01.prod.outlook.com with HTTPS; Tue, 7 Jul 2026 10:00:02 +0000\r\nReceived: from DB5PEPF1.eurprd02.prod.outlook.com (2603:10a6:cafe::1) by DB9PR01.outlook.office365.com (2603:10a6::8) with Microsoft SMTP Server id 15.20 via Frontend Transport; Tue, 7 Jul 2026 10:00:01 +0000\r\n";
        let pass = "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=client.example; dkim=pass (signature was verified)\r\n header.d=client.example;dmarc=pass action=none header.from=client.example;compauth=pass reason=100\r\n";
        let border = "Received-SPF: Pass (protection.outlook.com: domain of client.example designates 192.0.2.1 as permitted sender) receiver=protection.outlook.com;\r\nReceived: from mail.client.example (192.0.2.1) by\r\n DB5PEPF1.mail.protection.outlook.com (10.167.8.1) with Microsoft SMTP\r\n Server id 15.20 via Frontend Transport; Tue, 7 Jul 2026 10:00:00 +0000\r\n";
        let says = |headers: &str| service_says(Stamps::Exchange, headers);
        assert!(says(&format!("{hops}{pass}{border}")));
        for forged in [
            format!("{hops}{border}{pass}"),
            format!("{hops}{border}{pass}{border}"),
            format!("{hops}{}{border}{pass}", pass.replace("=pass", "=fail")),
            format!("{hops}{pass}{}{border}", pass.replace("dmarc=pass", "dmarc=fail")),
            // With a name it is not Exchange's.
            format!("{hops}{}{border}", pass.replace(": spf", ": mx.client.example; spf")),
            format!("{hops}{}{border}", pass.replace("client.example;", "evil.example;")),
            format!("{hops}{pass}"),
            pass.to_owned(),
            format!(
                "{pass}{}",
                border.replace(".mail.protection.outlook.com", ".mail.protection.outlook.com.evil.example")
            ),
            format!(
                "{hops}{}{border}",
                pass.replace("dkim=pass", "dkim=none").replace("dmarc=pass", "dmarc=bestguesspass")
            ),
        ] {
            assert!(!says(&forged), "{forged}");
        }
    }

    #[test]
    fn without_a_configured_id_nothing_is_believed() {
        let raw = format!("{PASS}{RECEIVED}From: ann@client.example\r\n\r\nhi");
        let fields = Fields::read(raw.as_bytes());
        let ann = Address::parse("ann@client.example").unwrap();
        assert!(!vouched(&fields, &ann, &Border::default()));
        let trusting = Border {
            trust_mailbox: true,
            ..Border::default()
        };
        assert!(vouched(&fields, &ann, &trusting));
    }
}
