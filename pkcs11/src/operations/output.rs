//! The output of an operation, and the room that the program has for it (PKCS#11 3.0, section 5.2).

use zeroize::Zeroizing;

/// The program's buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// NULL: the program asks for the length.
    Query,
    Bytes(usize),
}

/// What the program gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The length that the program asked for.
    Length(usize),
    /// The buffer is too small. This length suffices.
    TooSmall(usize),
    Data(Zeroizing<Vec<u8>>),
}

impl Room {
    /// The reply if an output of this length is not written. The operation then remains active.
    pub(crate) fn reply_without_data(self, len: usize) -> Option<Reply> {
        match self {
            Room::Query => Some(Reply::Length(len)),
            Room::Bytes(room) if room < len => Some(Reply::TooSmall(len)),
            Room::Bytes(_) => None,
        }
    }
}

impl From<Vec<u8>> for Reply {
    fn from(data: Vec<u8>) -> Self {
        Reply::Data(Zeroizing::new(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sufficient_buffer_gets_data() {
        assert_eq!(Room::Query.reply_without_data(4), Some(Reply::Length(4)));
        assert_eq!(
            Room::Bytes(3).reply_without_data(4),
            Some(Reply::TooSmall(4))
        );
        assert_eq!(Room::Bytes(4).reply_without_data(4), None);
    }
}
