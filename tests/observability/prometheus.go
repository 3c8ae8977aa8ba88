// Package observability has examples of observers: Prometheus metrics, and OpenTelemetry traces and
// metrics. Copy what you need.
package observability

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	scwkms "github.com/scwkms/scwkms/go"
)

// Prometheus counts events in Prometheus metrics.
type Prometheus struct {
	operations  *prometheus.HistogramVec
	retries     *prometheus.CounterVec
	pacing      prometheus.Counter
	refused     prometheus.Counter
	warnings    prometheus.Counter
	dropped     prometheus.Counter
	connections *prometheus.CounterVec
}

// NewPrometheus returns an observer whose metrics are registered.
func NewPrometheus(registry prometheus.Registerer) *Prometheus {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	p := &Prometheus{
		operations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "scwkms_operation_seconds",
			Help:    "Duration of operations, by operation and error code (0 is success).",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}, []string{"operation", "code"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "scwkms_retries_total", Help: "Repeated attempts, by operation.",
		}, []string{"operation"}),
		pacing:   counter("scwkms_pacing_seconds_total", "Time during which requests waited because of the rate limit."),
		refused:  counter("scwkms_rate_limited_total", "Requests that the service refused because of its rate limit."),
		warnings: counter("scwkms_warnings_total", "Warnings."),
		dropped:  counter("scwkms_events_dropped_total", "Events that were lost because the observer was too slow."),
		connections: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "scwkms_connections_total", Help: "Connections that were opened, closed, lost, or that failed.",
		}, []string{"event"}),
	}
	registry.MustRegister(p.operations, p.retries, p.pacing, p.refused, p.warnings, p.dropped, p.connections)
	return p
}

// Observe implements scwkms.Observer.
func (p *Prometheus) Observe(e scwkms.Event) {
	switch e.Kind {
	case scwkms.EventOperation:
		p.operations.WithLabelValues(e.Operation, strconv.Itoa(int(e.Code))).Observe(e.Duration.Seconds())
		p.retries.WithLabelValues(e.Operation).Add(float64(max(e.Attempts-e.Requests, 0)))
	case scwkms.EventPaced:
		p.pacing.Add(e.Duration.Seconds())
	case scwkms.EventRateLimited:
		p.refused.Inc()
	case scwkms.EventWarning:
		p.warnings.Inc()
	case scwkms.EventsDropped:
		p.dropped.Add(float64(e.Dropped))
	case scwkms.EventConnectionOpened, scwkms.EventConnectionFailed, scwkms.EventConnectionClosed:
		p.connections.WithLabelValues(connectionEvent(e)).Inc()
	}
}

func connectionEvent(e scwkms.Event) string {
	switch {
	case e.Kind == scwkms.EventConnectionOpened:
		return "opened"
	case e.Kind == scwkms.EventConnectionFailed:
		return "failed"
	case e.Message != "":
		return "lost"
	}
	return "closed"
}
