// A webhook receiver for Flagpost, with nothing but Go's standard library.
//
//	SECRET=… go run main.go
package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxBody   = 4 << 20
	maxIDs    = 10_000
	tolerance = 5 * time.Minute
)

func main() {
	secret := os.Getenv("SECRET")
	if secret == "" {
		log.Fatal("SECRET must be the secret key of the webhook")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "9000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://127.0.0.1:%s\n", port)
	server := &http.Server{
		Handler:     &receiver{secret: []byte(secret), seen: newRecent(maxIDs)},
		ReadTimeout: 30 * time.Second,
	}
	log.Fatal(server.Serve(listener))
}

type receiver struct {
	secret []byte
	seen   *recent
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	// The bytes as they came: parsing JSON and writing it again would change them, and so the signature.
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		} else {
			http.Error(w, "unreadable body", http.StatusBadRequest)
		}
		return
	}
	// Only a request proven genuine may enter its id, else a forger could make us drop real events.
	if !r.signed(request.Header, body) {
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	id := request.Header.Get("webhook-id")
	repeat := id != "" && r.seen.repeats(id)
	fmt.Fprintln(w, "ok")
	if !repeat {
		// On its own, because the answer leaves only when this handler returns.
		go work(body)
	}
}

func (r *receiver) signed(header http.Header, body []byte) bool {
	// hmac.Equal and not ==, which stops at the first difference and so tells how much of a guess was right.
	expected := sign(sha1.New, r.secret, body)
	if !hmac.Equal([]byte(header.Get("X-FeatureProbe-Sign")), []byte(expected)) {
		return false
	}
	return len(header.Values("webhook-signature")) == 0 || r.standardSigned(header, body)
}

// standardSigned checks Standard Webhooks, which covers the time too: a request caught on its way is of no use later.
func (r *receiver) standardSigned(header http.Header, body []byte) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	expected := "v1," + sign(sha256.New, r.secret, []byte(id+"."+timestamp+"."), body)
	// While a secret is being rotated there are two signatures, a blank between them.
	for _, signature := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(signature), []byte(expected)) {
			return true
		}
	}
	return false
}

func sign(algorithm func() hash.Hash, secret []byte, parts ...[]byte) string {
	mac := hmac.New(algorithm, secret)
	for _, part := range parts {
		mac.Write(part)
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// recent remembers the last ids: a set to look them up, a ring to know which one is the oldest.
type recent struct {
	mutex sync.Mutex
	ids   map[string]struct{}
	ring  []string
	next  int
}

func newRecent(size int) *recent {
	return &recent{ids: make(map[string]struct{}), ring: make([]string, size)}
}

func (r *recent) repeats(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, known := r.ids[id]; known {
		return true
	}
	delete(r.ids, r.ring[r.next])
	r.ids[id] = struct{}{}
	r.ring[r.next] = id
	r.next = (r.next + 1) % len(r.ring)
	return false
}

type event struct {
	Resource       string `json:"resource"`
	Action         string `json:"action"`
	Operator       string `json:"operator"`
	ProjectKey     string `json:"projectKey"`
	EnvironmentKey string `json:"environmentKey"`
	ToggleKey      string `json:"toggleKey"`
	SegmentKey     string `json:"segmentKey"`
}

func work(body []byte) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		log.Print(err)
		return
	}
	line := fmt.Sprintf("%s.%s %s", e.Resource, e.Action, e.Operator)
	for _, key := range [][2]string{
		{"projectKey", e.ProjectKey},
		{"environmentKey", e.EnvironmentKey},
		{"toggleKey", e.ToggleKey},
		{"segmentKey", e.SegmentKey},
	} {
		if key[1] != "" {
			line += fmt.Sprintf(" %s=%s", key[0], key[1])
		}
	}
	fmt.Println(line)
}
