// Bounds that both ends enforce. Each line says why the number is what it is and what would break it.

/** Version of frames and control messages. A peer with another one is refused with `version-mismatch`. */
export const PROTOCOL_VERSION = 6;

/** The version that frames carry: they change less often than the words around them. */
export const FRAME_VERSION = 3;

/** Largest frame after reassembly: 512 tokens of an 8192-wide float32 hidden state, plus header. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024 + 4096;

/**
 * Largest data channel message. Browsers negotiate at least 64 KiB (RFC 8841); PeerJS closes a raw link without an
 * error above 262,144 bytes. 16 KiB lets messages of other sessions in between.
 */
export const MAX_FRAGMENT_BYTES = 16 * 1024;

/**
 * Largest message on a link that is long or lossy: what four packets of Chromium's SCTP carry (1,160 bytes of data each
 * with its MTU of 1,191). One `send` puts four packets on the wire at once (RFC 9260's Max.Burst); a longer message would
 * wait a round trip for its rest.
 */
export const SLICE_BYTES = 4600;

/** Connections that one link may be striped over. Each has a congestion window of its own; more cost more than they bring. */
export const MAX_LANES = 8;

/** Lanes of a link between stages: 70 KB of hidden states leave in the first windows of five associations. */
export const STAGE_LANES = 5;

/** Lanes of a driver's link: ids are small, and the second lane is there for what the first loses. */
export const DRIVER_LANES = 2;

/** Most tokens in one step. Longer prompts are prefilled in chunks so that other sessions get their turn. */
export const MAX_STEP_TOKENS = 512;

/** Tokens of a prefill chunk: small enough to overlap across stages, large enough to fill a GPU. */
export const PREFILL_CHUNK_TOKENS = 64;

/**
 * Prefill chunks a driver keeps in flight: 1,024 tokens, so that a long prompt is one trip and not one per few chunks.
 * Bounds what each stage has to queue for one session.
 */
export const MAX_CHUNKS_IN_FLIGHT = 16;

/** Frames that a stage queues before it refuses (`sessions-full`): sessions × chunks in flight, with room to spare. */
export const MAX_QUEUED_FRAMES = 2048;

/**
 * Sessions that a stage holds at once, whatever they weigh: bounds its tables. What bounds it before, as a rule, is the
 * memory for KV caches; the least recently used idle session gives way.
 */
export const MAX_SESSIONS_PER_STAGE = 64;

/** Positions that a session is planned with, at most: a model's own maximum would ask for gigabytes. */
export const PLANNED_CONTEXT_TOKENS = 4096;

/**
 * Hidden states that a stage keeps of what it sent, of all sessions together: what a warm spare gets of it. 8,192 tokens of a
 * 2,048-wide float16 model; half of that for one session. Beyond it a session is computed again from its ids.
 */
export const MAX_SENT_BYTES = 32 * 1024 * 1024;

/** A session whose driver is out of reach, or whose epoch is over, is held for so long for whoever goes on with it. */
export const SESSION_ASIDE_MS = 30_000;

/** An idle session's KV cache is dropped after this long; the driver replays if the person comes back. */
export const SESSION_IDLE_MS = 10 * 60_000;

/** Most stages in a coalition. Its hop count alone would make more useless for interactive use. */
export const MAX_STAGES = 64;

/** Largest control message (JSON). An assignment of 64 stages is about 10 KB, a manifest of 200 layers 4 KB. */
export const MAX_CONTROL_BYTES = 256 * 1024;

/** Heartbeats: a foreground tab beats at this pace; hidden tabs are slowed by browsers to one timer a minute. */
export const HEARTBEAT_MS = 5_000;

/** A peer is gone after this silence: one slowed timer a minute plus slack (also PeerJS's `alive_timeout`). */
export const PEER_SILENCE_MS = 90_000;

/** A lap that takes longer than this is lost: a cold WebGPU stage may spend seconds compiling shaders. */
export const LAP_TIMEOUT_MS = 120_000;

/** A stage has this long to report progress on its slice before the plan goes on without it. */
export const LOAD_SILENCE_MS = 120_000;

/** How long two peers try to reach each other before `link-failed`, each time; ICE over a relay takes a few seconds. */
export const LINK_TIMEOUT_MS = 15_000;

/** Candidates that the exit reads back from the GPU for sampling. */
export const TOP_CANDIDATES = 64;

/** Choices of one request (`n`): each is a session of its own at every stage. */
export const MAX_CHOICES = 8;

/** Alternatives per token in `logprobs`; OpenAI's own bound. Must not exceed TOP_CANDIDATES. */
export const MAX_TOP_LOGPROBS = 20;

/** Stop strings of one request; OpenAI's own bound is 4, other servers take more. */
export const MAX_STOPS = 16;

/** Characters of a stop string. */
export const MAX_STOP_CHARS = 200;

/** UTF-8 bytes of a prompt that comes over HTTP. It travels to the driver in one control message. */
export const MAX_PROMPT_BYTES = 128 * 1024;

/** Token ids of a prompt that comes as such. */
export const MAX_PROMPT_IDS = 32_768;

/** What a request may hand to a model's chat template beside its messages: names, and characters of all of it as JSON. */
export const MAX_TEMPLATE_NAMES = 32;
export const MAX_TEMPLATE_CHARS = 4096;

/** A stage's ticket opens links for this long; members get a new one at half of it. */
export const STAGE_TICKET_SECONDS = 30 * 60;

/** A driver's ticket; a watcher gets a new one at half of it. */
export const DRIVER_TICKET_SECONDS = 10 * 60;

/** A grant opens sessions of its job for this long: an answer that takes longer is given up, and its hold released. */
export const GRANT_SECONDS = 30 * 60;

/** Where a deposit covers its work for longer, as long as that does, and this at most. */
export const MOST_GRANT_SECONDS = 24 * 3600;

/** Clocks of tabs and server may differ by this much when an expiry is looked at. */
export const CLOCK_SKEW_SECONDS = 120;

/** Drafted tokens that a driver feeds at most before it knows how they were judged. */
export const MAX_DRAFT_WINDOW = 32;

/** Tokens that a loop may be ahead of what its driver says it has. At 100 tokens a second that is what two seconds away cost. */
export const LOOP_AHEAD_TOKENS = 256;
export const MAX_LOOP_AHEAD_TOKENS = 1024;

/** Tokens that a loop may have sampled before its driver's word to stop reaches it: 200 ms at 300 tokens a second. */
export const LOOP_TRIP_TOKENS = 64;

/** Ids that end an answer, of one model. */
export const MAX_EOS_IDS = 64;

/** A driver says what it has so often at least. */
export const ACK_EVERY_TOKENS = 32;
export const ACK_EVERY_MS = 250;

/** A page counts its asks from a multiple of this that it has drawn: asks of another multiple are an earlier page's. */
export const ASKS_OF_PAGE = 2 ** 16;

/** A stage has this long to answer a receipt request before the job is settled without it. */
export const RECEIPT_TIMEOUT_MS = 10_000;

/** Answers whose caches the entry of a coalition keeps for the next turn. Each is held at every stage. */
export const MAX_KEPT_ANSWERS = 8;
/** Most people who go on do so within minutes. Stages forget after ten. */
export const KEPT_ANSWER_MS = 5 * 60_000;
/** Less than this is not worth a conversation that somebody may go on with. */
export const LEAST_SHARED_TOKENS = 16;
