package capi

// Event is something that happened in the library. A field that its kind does not have is 0 or "".
type Event struct {
	// Kind is one of the constants Event...
	Kind uint32
	// Code is one of the constants Error..., or 0.
	Code         int32
	HTTPStatus   int
	Requests     int
	Attempts     int
	PacingUS     uint64
	ConnectingUS uint64
	DurationUS   uint64
	Operation    string
	Region       string
	KeyID        string
	RequestID    string
	Server       string
	Protocol     string
	Message      string
}
