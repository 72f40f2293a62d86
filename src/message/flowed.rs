//! format=flowed undone.   RFC 3676 4

/// Joins the soft-broken lines of `text`. Quote marks come out as one `>` per level and a space.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let rest = line.get(depth..).unwrap_or_default();
        // Space-stuffing (RFC 3676 4.4).
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let signature = rest == "-- ";
        let joined = open == Some(depth) && !signature;
        if !joined {
            if open.is_some() && !out.ends_with('\n') {
                out.push('\n');
            }
            for _ in 0..depth {
                out.push('>');
            }
            if depth > 0 {
                out.push(' ');
            }
        }
        let soft = !signature && rest.ends_with(' ');
        let kept = if soft && delsp {
            rest.strip_suffix(' ').unwrap_or(rest)
        } else {
            rest
        };
        out.push_str(kept);
        open = soft.then_some(depth);
        if !soft {
            out.push('\n');
        }
    }
    if out.ends_with('\n') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unflow;

    #[test]
    fn soft_breaks_join_and_quotes_keep_their_depth() {
        assert_eq!(
            unflow("Yes to Ana, \npass on Carl.\n\n> Hi \n> Ann\n>> old \nnew", false),
            "Yes to Ana, pass on Carl.\n\n> Hi Ann\n>> old \nnew"
        );
        assert_eq!(unflow("Grund\u{fc}tz \nlich ja\n-- \nAnn", true), "Grund\u{fc}tzlich ja\n-- \nAnn");
        assert_eq!(unflow(" From here\n -- one", false), "From here\n-- one");
    }
}
