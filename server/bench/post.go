package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A poster publishes by POST, one message a request.
type poster struct {
	client *http.Client
	url    string
	ctx    context.Context // of all its requests: hurry ends it
	cancel context.CancelFunc

	refused uint64 // answered by a status of 400 or more
	refusal string // the first such answer
}

func (r *run) newPoster() *poster {
	ctx, cancel := context.WithCancel(context.Background())
	return &poster{client: r.client, url: r.cfg.Publish, ctx: ctx, cancel: cancel}
}

func (p *poster) send(batch []byte, size int) (int, error) {
	sent := 0
	for ; len(batch) > 0; batch = batch[size:] {
		if err := p.post(batch[:size]); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}

func (p *poster) post(message []byte) error {
	req, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.url, bytes.NewReader(message))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if res.StatusCode >= 300 {
		p.refused++
		orElse(&p.refusal, fmt.Sprintf("%s %s", res.Status, excerpt(body)))
	}
	return err
}

func (p *poster) hurry() { time.AfterFunc(partWait, p.cancel) }
