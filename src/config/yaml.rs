//! YAML with limits. A text that is nested more deeply or has more values than any config file is rejected while it is
//! read.

use std::collections::HashMap;
use std::rc::Rc;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::Marker;

use super::node::{Mapping, Node};
use super::scalar::Scalar;

/// A config file has three levels: its root, its profiles, a profile.
const MAX_DEPTH: usize = 16;

/// The number of values and collections. The target of an alias is counted once for each alias.
const MAX_NODES: usize = 100_000;

/// The mapping of a text. An empty text has an empty one. The error does not quote the text.
pub(super) fn load(text: &str) -> Result<Mapping, String> {
    // The parser would read the byte order mark as a part of the first key.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new_from_str(text);
    let mut tree = Tree::default();
    loop {
        let (event, mark) = parser
            .next_token()
            .map_err(|e| with_place(e.info(), e.marker()))?;
        if event == Event::StreamEnd {
            return tree.into_mapping();
        }
        tree.add(event).map_err(|e| with_place(&e, &mark))?;
    }
}

fn with_place(problem: &str, mark: &Marker) -> String {
    let (line, column) = (mark.line(), mark.col() + 1);
    format!("{problem} at line {line} column {column}")
}

/// The values that have been read.
#[derive(Default)]
struct Tree {
    /// The number of nodes.
    nodes: usize,
    open: Vec<Collection>,
    anchors: HashMap<usize, Anchored>,
    documents: Vec<Rc<Node>>,
}

/// A sequence or mapping whose end has not been read.
struct Collection {
    is_mapping: bool,
    anchor: usize,
    /// The number of nodes before it.
    nodes_before: usize,
    /// The values of a sequence, or the keys and values of a mapping.
    parts: Vec<Rc<Node>>,
}

/// The target of aliases.
struct Anchored {
    node: Rc<Node>,
    /// The number of its nodes.
    size: usize,
}

impl Tree {
    fn add(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.nodes += 1;
                let scalar = Scalar::new(text, style, tag.as_ref());
                self.complete(Node::Scalar(scalar), anchor, self.nodes - 1);
            }
            Event::SequenceStart(anchor, _) => self.open(false, anchor),
            Event::MappingStart(anchor, _) => self.open(true, anchor),
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => self.alias(anchor)?,
            _ => {}
        }
        self.check_limits()
    }

    fn open(&mut self, is_mapping: bool, anchor: usize) {
        self.open.push(Collection {
            is_mapping,
            anchor,
            nodes_before: self.nodes,
            parts: Vec::new(),
        });
        self.nodes += 1;
    }

    fn close(&mut self) -> Result<(), String> {
        if let Some(collection) = self.open.pop() {
            let node = match collection.is_mapping {
                true => Node::Mapping(Mapping::new(&collection.parts)?),
                false => Node::Sequence(collection.parts),
            };
            self.complete(node, collection.anchor, collection.nodes_before);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize) -> Result<(), String> {
        let Some(target) = self.anchors.get(&anchor) else {
            return Err("an alias refers to a value that contains it".into());
        };
        self.nodes += target.size;
        let node = Rc::clone(&target.node);
        self.insert(node);
        Ok(())
    }

    fn complete(&mut self, node: Node, anchor: usize, nodes_before: usize) {
        let node = Rc::new(node);
        let anchored = Anchored {
            node: Rc::clone(&node),
            size: self.nodes - nodes_before,
        };
        self.anchors.insert(anchor, anchored);
        self.insert(node);
    }

    fn insert(&mut self, node: Rc<Node>) {
        match self.open.last_mut() {
            Some(collection) => collection.parts.push(node),
            None => self.documents.push(node),
        }
    }

    fn check_limits(&self) -> Result<(), String> {
        if self.open.len() > MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} deep"));
        }
        if self.nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} values"));
        }
        Ok(())
    }

    /// The mapping of the only document.
    fn into_mapping(mut self) -> Result<Mapping, String> {
        if self.documents.len() > 1 {
            return Err("it contains more than one document".into());
        }
        self.anchors.clear();
        match self.documents.pop().map(Rc::into_inner) {
            None => Ok(Mapping::default()),
            Some(Some(Node::Scalar(scalar))) if scalar.is_null() => Ok(Mapping::default()),
            Some(Some(Node::Mapping(mapping))) => Ok(mapping),
            Some(_) => Err("it contains no keys and values".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_before_it_is_built() {
        for text in ["- ".repeat(500_000), "? ".repeat(500_000), "[".repeat(200)] {
            let why = load(&text).map(|_| ()).expect_err("too deep");
            assert!(why.contains("16 deep"), "{why}");
        }
    }

    #[test]
    fn aliases_count_as_often_as_they_repeat() {
        let mut text = "a0: &a0 x\n".to_owned();
        for level in 1..30 {
            let names = format!("*a{}, ", level - 1).repeat(10);
            text += &format!("a{level}: &a{level} [{names}]\n");
        }
        let why = load(&text).map(|_| ()).expect_err("too large");
        assert!(why.contains("100000 values"), "{why}");

        let small = "p: &p {default_region: fr-par}\nprofiles: {a: *p, b: *p}\n";
        let root = load(small).expect("a file");
        let Some(Node::Mapping(profiles)) = root.get("profiles") else {
            panic!("no profiles");
        };
        let Some(Node::Mapping(b)) = profiles.get("b") else {
            panic!("no profile b");
        };
        let Some(Node::Scalar(region)) = b.get("default_region") else {
            panic!("no region");
        };
        assert_eq!(region.text(), Some("fr-par"));
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting() {
        for text in [
            "? {secret_key: hunter2}\n: 1\n? {secret_key: hunter2}\n: 2\n",
            "hunter2: 1\nhunter2: 2\n",
            "1: hunter2\n'1': hunter2\n",
            "a: 'hunter2\n",
            "a: hunter2\n\tb: hunter2\n",
            "a: *hunter2\n",
            "a: &hunter2 [*hunter2]\n",
            "a: !hunter2! x\n",
            "%hunter2\na: b\n",
            "<<: hunter2\n",
            "<<: [hunter2]\n",
            "<<: {}\n<<: {hunter2: 1}\n",
            "hunter2: 1\n<<: {hunter2: 2}\n",
        ] {
            let why = load(text).map(|_| ()).expect_err(text);
            assert!(!why.contains("hunter2"), "{why}");
            assert!(why.contains("line"), "{why}");
        }
    }
}
