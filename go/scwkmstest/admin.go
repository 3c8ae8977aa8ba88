package scwkmstest

import "net/http"

// Stats counts the requests since the emulator started or ResetStats was called. Admin calls are not
// counted.
type Stats struct {
	Requests int `json:"requests"`
	// Accepted counts the requests that the rate limit accepted, RateLimited those that it refused.
	Accepted    int `json:"accepted"`
	RateLimited int `json:"rate_limited"`
	// Operations counts the requests by operation, such as "Sign".
	Operations      map[string]int `json:"operations"`
	Connections     int            `json:"connections"`
	OpenConnections int            `json:"open_connections"`
	// MaxInFlight is the largest number of requests that were in flight at the same time.
	MaxInFlight int `json:"max_in_flight"`
	// TokensSeen is the number of different values of X-Auth-Token.
	TokensSeen int `json:"tokens_seen"`
}

// Stats returns the counters.
func (e *Emulator) Stats() (stats Stats, err error) {
	err = e.Admin(http.MethodGet, "/stats", nil, &stats)
	return stats, err
}

// ResetStats sets the counters to zero and clears the list of requests.
func (e *Emulator) ResetStats() error {
	return e.Admin(http.MethodDelete, "/stats", nil, nil)
}

// Request is a request that the emulator received.
type Request struct {
	Operation   string `json:"operation"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	HTTPVersion string `json:"http_version"`
	// Status is zero if the connection was reset before the response.
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
	// Connection is the number of the request's connection.
	Connection int `json:"connection"`
	// Started and Ended are microseconds since the start of the emulator.
	Started int64 `json:"started_at_us"`
	Ended   int64 `json:"ended_at_us"`
}

// Requests returns the last 1,000 requests since ResetStats, in the order in which they ended.
func (e *Emulator) Requests() (requests []Request, err error) {
	err = e.Admin(http.MethodGet, "/requests", nil, &requests)
	return requests, err
}

// Fault describes how a request fails, as docs/emulator.md lists it:
// Fault{"kind": "status", "status": 503}.
type Fault map[string]any

// Fail makes the next requests of an operation fail; the operation "*" is any.
func (e *Emulator) Fail(operation string, times int, fault Fault) error {
	return e.addFault(map[string]any{"operation": operation, "times": times, "fault": fault})
}

// FailRandomly makes each request of an operation fail with a probability for each of the faults,
// until ClearFaults. The sequence of random numbers is the same in every run.
func (e *Emulator) FailRandomly(operation string, probability float64, faults ...Fault) error {
	for seed, fault := range faults {
		if err := e.addFault(map[string]any{
			"operation": operation, "times": nil, "probability": probability, "seed": seed, "fault": fault,
		}); err != nil {
			return err
		}
	}
	return nil
}

func (e *Emulator) addFault(order map[string]any) error {
	return e.Admin(http.MethodPost, "/faults", order, nil)
}

// ClearFaults removes all faults.
func (e *Emulator) ClearFaults() error {
	return e.Admin(http.MethodDelete, "/faults", nil, nil)
}

// SetKeyState forces a key into a state, such as "locked", that no operation of Key Manager leads
// to.
func (e *Emulator) SetKeyState(id, state string) error {
	return e.Admin(http.MethodPut, "/keys/"+id+"/state", map[string]string{"state": state}, nil)
}
