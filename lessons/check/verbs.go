package check

// verbs are the commands of the language. To add one: write its parse function
// and its action, enter it here, and describe it in the package comment.
var verbs map[string]verb

func init() { // not a literal: parse functions read the table for their messages
	verbs = map[string]verb{
		"crowd": {form: "crowd c 100", bare: true, part: asClient, parse: parseCrowd},

		"dial":      {form: `dial /ws [header "Name: value"] [without NAME] [subprotocol NAME] [deflate ["PARAMETERS"]] [within 1s]`, opens: true, part: asClient, parse: parseOpening("dial")},
		"handshake": {form: `handshake /ws [header "Name: value"] [without NAME] [subprotocol NAME] [within 1s]`, opens: true, part: asClient, parse: parseOpening("handshake")},
		"request":   {form: `request GET /path [header "Name: value"] [without NAME] [within 1s]`, opens: true, part: asClient, parse: parseOpening("request")},
		"stream":    {form: `stream /events [last-event-id "5"] [header "Name: value"] [without NAME] [within 1s]`, opens: true, part: asClient, parse: parseOpening("stream")},
		"connect":   {form: "connect", opens: true, part: asClient, parse: parseConnect},

		"serve":  {form: `serve [stream] /ws [many] [setting base 100ms]… [random 0.5]`, bare: true, part: asServer, parse: parseServe},
		"accept": {form: `accept [stream [last-event-id "5"|without last-event-id]] [after 100ms] [within 1s]`, opens: true, part: asServer, parse: parseAccept},
		"hold":   {form: "hold [within 1s]", opens: true, part: asServer, parse: parseHold},
		"refuse": {form: "refuse 503 [after 100ms] [within 1s]", opens: true, part: asServer, parse: parseRefuse},
		"input":  {form: `input "hello"`, bare: true, part: asServer, parse: parseInput},
		"expect": {form: `expect log [is] "hello" [within 1s], or expect nothing logged 100ms, or expect no connection 100ms`, bare: true, part: asServer, parse: parseExpect},

		"send":     {form: `send [COUNT] [plain] text|binary … [in fragments|writes of 64], or send ping|pong|close|frame|raw …`, parse: parseSend},
		"exchange": {form: `exchange 100 text|binary PAYLOAD [within 1s]`, parse: parseExchange},

		"recv":    {form: `recv text|binary|ping|pong|close|eof … [within 1s]`, parse: parseRecv},
		"await":   {form: `await text|binary EXPECTED [within 1s]`, parse: parseAwait},
		"silence": {form: "silence 300ms", parse: parseSilence},

		"gather": {form: "gather NAME… [within 1s]", part: asClient, parse: parseGather},
		"agree":  {form: "agree NAME…", bare: true, part: asClient, parse: parseAgree},
		"stall":  {form: "stall", parse: parseStall},
		"drop":   {form: "drop", parse: parseDrop},

		"status": {form: "status 426", part: asClient, parse: parseStatus},
		"header": {form: `header NAME is|has|contains "value", or header NAME present|absent`, part: asClient, parse: parseHeader},
		"event":  {form: `event [id "0"] [type "tick"] [data "Event 0"] [after 700ms] [within 1500ms]`, part: asClient, parse: parseEvent},
	}
}

// crowdAction declares a crowd.
type crowdAction struct {
	name string
	size int
}

func parseCrowd(a *args) action {
	name := a.word("the crowd's name")
	if !a.bad && !isName(name) {
		a.fail(name, "a name of a–z, 0–9 and -")
	}
	size := a.number("the number of members", 1, MaxCount)
	if !a.bad {
		a.p.scope.crowds[name] = size
	}
	return crowdAction{name, size}
}

func (c crowdAction) do(r *stepRun, _ member) *failure {
	r.crowds[c.name] = c.size
	return nil
}

// memberOf finds the number in a name such as c.7.
func memberOf(name string) member {
	m := member{name: name}
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' {
			for _, digit := range name[i+1:] {
				m.n = 10*m.n + int(digit-'0')
			}
		}
	}
	return m
}

// values are what the variables stand for on a connection.
func (r *stepRun) values(c *conn, at member) values {
	v := values{random: r.word, n: at.n}
	if c != nil {
		v.accept, v.id = acceptFor(c.request.key), c.lastID
	}
	return v
}
