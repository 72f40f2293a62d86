//! What the elements of a page mean for its text.

/// What an element means for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Break,
    Image,
    Paragraph,
    Numbered,
    Bulleted,
    Item,
    Pre,
    /// A line, which holds nothing.
    Rule,
    Block,
    Cell,
    /// Holds nothing and shows nothing.
    Void,
    /// What follows is no text until one of these.
    Raw(&'static [&'static str]),
    Other,
}

/// The element of this name.
pub(super) fn element(name: &str) -> Element {
    let mut lower = [0; 10];
    let Some(letters) = lower.get_mut(..name.len()) else {
        return Element::Other;
    };
    letters.copy_from_slice(name.as_bytes());
    letters.make_ascii_lowercase();
    match &*letters {
        b"br" => Element::Break,
        b"img" => Element::Image,
        b"p" => Element::Paragraph,
        b"td" | b"th" => Element::Cell,
        b"ol" => Element::Numbered,
        b"ul" => Element::Bulleted,
        b"li" => Element::Item,
        b"pre" => Element::Pre,
        b"hr" => Element::Rule,
        b"div" | b"table" | b"tr" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"body" | b"html" | b"section"
        | b"article" | b"header" | b"footer" | b"center" | b"form" | b"dl" | b"dt" | b"dd" | b"address" | b"main" | b"fieldset" => {
            Element::Block
        }
        b"meta" | b"link" | b"input" | b"col" | b"area" | b"base" | b"wbr" | b"source" | b"track" | b"embed" => Element::Void,
        b"style" => Element::Raw(&["</style"]),
        b"script" => Element::Raw(&["</script"]),
        b"title" => Element::Raw(&["</title"]),
        b"template" => Element::Raw(&["</template"]),
        // What Office says of its documents; what an open head holds besides is text, or hidden by itself.
        b"xml" => Element::Raw(&["</xml"]),
        _ => Element::Other,
    }
}

impl Element {
    /// Stands on lines of its own.
    pub(super) const fn is_block(self) -> bool {
        match self {
            Self::Paragraph | Self::Numbered | Self::Bulleted | Self::Item | Self::Pre | Self::Rule | Self::Block => true,
            Self::Break | Self::Image | Self::Cell | Self::Void | Self::Raw(_) | Self::Other => false,
        }
    }

    /// Strikes out what it holds.
    pub(super) fn strikes(name: &str) -> bool {
        ["s", "strike", "del"]
            .iter()
            .any(|known| known.len() == name.len() && name.eq_ignore_ascii_case(known))
    }

    pub(super) const fn is_void(self) -> bool {
        matches!(self, Self::Image | Self::Rule | Self::Void)
    }
}
