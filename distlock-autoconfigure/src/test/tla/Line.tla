-------------------------------- MODULE Line --------------------------------
(***************************************************************************)
(* One key: members of its line, one for each JVM, whose threads want it;  *)
(* a store that may come back empty; and between them a network without    *)
(* order. What is lost is never delivered, what is late is delivered when  *)
(* it no longer fits: safety needs no action for either. A JVM that sleeps *)
(* is one that does nothing, and so is one that died, until timeliness     *)
(* asks for the difference.                                                *)
(***************************************************************************)
EXTENDS Store, TLC

CONSTANTS
  Members, Threads,
  Attempts,  \* of each member; in a timely world they never end, and a number that nothing remembers is used again
  Together,  \* attempts of all members, where not timely
  Questions, \* of each attempt, where not timely
  Renewals,  \* of each hold, where not timely
  Leavers,   \* the members whose threads may give up
  Mortal,    \* the members that may die
  Resent,    \* how many commands run once more, any time later
  Restarts,  \* how many times the store loses all, FLUSHALL or a restart
  Losses,    \* how many commands and letters are lost where all else arrives
  Flight,    \* how many commands and letters may be under way at once, where not timely
  Ticks,     \* when the server's clock stops; 0: time has no end, and fences are only counted
  Width,     \* how many fences the server's clock goes on in a tick
  Timely     \* whether all that is not lost arrives within a tick, and waiters ask once in every tick

VARIABLES
  store, clock,
  commands, letters, \* under way
  member,
  faults,            \* how many so far
  handed             \* where fences are modelled: the leases that threads got, in this order
vars == <<store, clock, commands, letters, member, faults, handed>>

Symmetry == Permutations(Members) \cup Permutations(Threads)
Bound == Cardinality(commands) + Cardinality(letters) <= Flight

(* What a member knows: the number of its attempt, how many questions it   *)
(* asked (while holding: renewals), how many ticks ago the last one or the *)
(* begin of its work was, how long its lease is valid, the fence in use,   *)
(* how many passes are left, which threads wait and which works. What it   *)
(* does not know: `era`, the life of the store that granted or last        *)
(* confirmed the lease.                                                    *)
Outside == [st |-> "outside", n |-> 0, asks |-> 0, asked |-> 0, left |-> 0, f |-> 0, passes |-> 0, era |-> 0,
            wait |-> <<>>, work |-> {}]

Init == /\ store = Empty(0) /\ clock = 0
        /\ commands = {} /\ letters = {}
        /\ member = [i \in Members |-> Outside]
        /\ faults = [resent |-> 0, restarts |-> 0, losses |-> 0]
        /\ handed = <<>>

Become(i, m) == member' = [member EXCEPT ![i] = m]
Send(t, i, n, o, f) == commands' = commands \cup {[t |-> t, i |-> i, n |-> n, o |-> o, f |-> f, age |-> 0]}
Kept(m) == IF Flaw = "fences handed back" THEN m.f ELSE 0 \* those above it would be issued again
Worked(m, t) == t \in m.work /\ (Timely => m.asked > 0)
Waits(m, t) == \E j \in DOMAIN m.wait : m.wait[j] = t
After(n) == (n % Attempts) + 1
Remembered(i, n) == \/ \E x \in commands : x.i = i /\ n \in {x.n, x.o}
                    \/ \E x \in letters : x.i = i /\ n = x.n
                    \/ \E j \in DOMAIN store.line : store.line[j].i = i /\ store.line[j].n = n
                    \/ store.key = <<i, n>>
MayTry(i) == IF Timely THEN ~Remembered(i, After(member[i].n))
             ELSE /\ member[i].n < Attempts
                  /\ Cardinality({<<j, n>> \in Members \X (1..Attempts) : n <= member[j].n}) < Together
Asking(n, wait) == [Outside EXCEPT !.st = "asking", !.n = n, !.asks = IF Timely THEN 0 ELSE 1, !.wait = wait]
Gone(m) == [Outside EXCEPT !.n = m.n, !.asks = IF Timely THEN 1 ELSE 0]
Hand(i, m, pass) == handed' = IF Fences THEN Append(handed, [attempt |-> <<i, m.n>>, pass |-> pass, f |-> m.f, era |-> m.era])
                              ELSE <<>>
-----------------------------------------------------------------------------
(* Threads come, wait in arrival order, give up, work and end. The first   *)
(* to come asks for all, and whoever goes leaves the place to the others.  *)
Come(i, t) ==
  LET m == member[i]
  IN /\ t \notin m.work /\ ~Waits(m, t)
     /\ \/ /\ m.st = "outside" /\ m.wait = <<>> /\ m.asks = 0 /\ MayTry(i)
           /\ Become(i, Asking(After(m.n), <<t>>))
           /\ Send("ask", i, After(m.n), 0, 0)
        \/ /\ m.st \in {"asking", "holding"}
           /\ Become(i, [m EXCEPT !.wait = Append(@, t)])
           /\ UNCHANGED commands
     /\ UNCHANGED <<store, clock, letters, faults, handed>>

AskAgain(i) ==
  LET m == member[i]
  IN /\ m.st = "asking" /\ Flaw /= "not asked again"
     /\ IF Timely THEN m.asked > 0 ELSE m.asks < Questions
     /\ Become(i, [m EXCEPT !.asked = 0, !.asks = IF Timely THEN 0 ELSE @ + 1])
     /\ Send("ask", i, m.n, 0, 0)
     /\ UNCHANGED <<store, clock, letters, faults, handed>>

GiveUp(i, t) ==
  LET m == member[i]
      others == SelectSeq(m.wait, LAMBDA w : w /= t)
  IN /\ i \in Leavers /\ Waits(m, t)
     /\ IF m.st = "asking" /\ others = <<>>
        THEN /\ Become(i, Gone(m))
             /\ Send("leave", i, m.n, 0, 0)
        ELSE /\ Become(i, [m EXCEPT !.wait = others])
             /\ UNCHANGED commands
     /\ UNCHANGED <<store, clock, letters, faults, handed>>

Pass(i, t) ==
  LET m == member[i]
      next == [m EXCEPT !.work = {Head(m.wait)}, !.wait = Tail(@), !.passes = @ - 1, !.asked = 0, !.f = IF Fences THEN @ + 1 ELSE 0]
  IN /\ Worked(m, t) /\ m.wait /= <<>> /\ m.left > 0 /\ m.passes > 0
     /\ Become(i, next)
     /\ Hand(i, next, TRUE)
     /\ UNCHANGED <<store, clock, commands, letters, faults>>

(* The work ends, with or without the lock.                                *)
End(i, t) ==
  LET m == member[i]
  IN /\ Worked(m, t)
     /\ \/ /\ m.wait /= <<>> /\ MayTry(i)
           /\ Become(i, Asking(After(m.n), m.wait))
           /\ Send("return", i, After(m.n), m.n, Kept(m))
        \/ /\ m.wait /= <<>> => ~Timely /\ ~MayTry(i) \* an end of the bounds: those who wait go
           /\ Become(i, Gone(m))
           /\ Send("release", i, m.n, 0, Kept(m))
     /\ UNCHANGED <<store, clock, letters, faults, handed>>

Prolong(i) ==
  LET m == member[i]
  IN /\ m.st = "holding" /\ m.left > 0 /\ m.asks < Renewals
     /\ Become(i, [m EXCEPT !.asks = @ + 1])
     /\ Send("renew", i, m.n, 0, 0)
     /\ UNCHANGED <<store, clock, letters, faults, handed>>

Die(i) == /\ i \in Mortal /\ member[i].st /= "dead"
          /\ Become(i, [Outside EXCEPT !.st = "dead"])
          /\ UNCHANGED <<store, clock, commands, letters, faults, handed>>
-----------------------------------------------------------------------------
(* A letter arrives. A grant is accepted while it is awaited, ignored if   *)
(* it is the present hold, and otherwise given back.                       *)
Hear(l) ==
  LET i == l.i
      m == member[i]
      present == m.st \in {"asking", "holding"} /\ Same(<<i, m.n>>, <<i, l.n>>)
      age == CASE Flaw = "counted from arrival" -> 0
               [] Flaw = "counted from the last question" -> m.asked
               [] OTHER -> l.age
      held == [m EXCEPT !.st = "holding", !.asks = 0, !.asked = 0, !.left = TTL - age, !.f = l.f, !.passes = Block - 1,
                        !.era = l.era, !.work = {Head(m.wait)}, !.wait = Tail(@)]
  IN /\ letters' = letters \ {l}
     /\ CASE l.t = "granted" /\ m.st = "asking" /\ present /\ age < TTL ->
               /\ Become(i, held)
               /\ Hand(i, held, FALSE)
               /\ UNCHANGED commands
          [] l.t = "granted" /\ m.st = "holding" /\ present /\ Flaw = "grant accepted twice" /\ m.wait /= <<>> ->
               /\ Become(i, [m EXCEPT !.work = @ \cup {Head(m.wait)}, !.wait = Tail(@)])
               /\ Hand(i, m, FALSE)
               /\ UNCHANGED commands
          [] l.t = "granted" /\ m.st /= "dead" /\ ~present /\ Flaw /= "stray grant dropped" ->
               /\ Send("leave", i, l.n, 0, 0)
               /\ UNCHANGED <<member, handed>>
          [] l.t = "renewed" /\ m.st = "holding" /\ present /\ m.left > 0 ->
               /\ Become(i, [m EXCEPT !.left = Max(@, TTL - l.age), !.era = Max(@, l.era)])
               /\ UNCHANGED <<commands, handed>>
          [] l.t = "lost" /\ m.st = "holding" /\ present ->
               /\ Become(i, [m EXCEPT !.left = 0])
               /\ UNCHANGED <<commands, handed>>
          [] OTHER -> UNCHANGED <<member, commands, handed>>
     /\ UNCHANGED <<store, clock, faults>>

Execute(c) ==
  LET r == Run(store, c, clock)
  IN /\ store' = r.s
     /\ letters' = letters \cup r.letters
     /\ \/ /\ commands' = commands \ {c}
           /\ UNCHANGED faults
        \/ /\ faults.resent < Resent
           /\ faults' = [faults EXCEPT !.resent = @ + 1]
           /\ UNCHANGED commands
     /\ UNCHANGED <<clock, member, handed>>

Lose == /\ faults.losses < Losses
        /\ faults' = [faults EXCEPT !.losses = @ + 1]
        /\ \/ \E c \in commands : commands' = commands \ {c} /\ UNCHANGED letters
           \/ \E l \in letters : letters' = letters \ {l} /\ UNCHANGED commands
        /\ UNCHANGED <<store, clock, member, handed>>

(* Taken for granted: the fences issued have not outrun the clock.         *)
Restart == /\ faults.restarts < Restarts
           /\ Fences => clock > store.last
           /\ faults' = [faults EXCEPT !.restarts = @ + 1]
           /\ store' = Empty(store.era + 1)
           /\ UNCHANGED <<clock, commands, letters, member, handed>>

Older(mail) == {[x EXCEPT !.age = IF x.t \in {"release", "leave", "lost"} THEN 0 ELSE Min(@ + 1, TTL)] : x \in mail}

Tick ==
  /\ Ticks = 0 \/ clock < Ticks * Width
  /\ Timely => /\ commands = {} /\ letters = {}
               /\ \A i \in Members : member[i].st /= "asking" \/ member[i].asked = 0 \/ Flaw = "not asked again"
  /\ clock' = IF Ticks = 0 THEN 0 ELSE clock + Width
  /\ store' = Later(store)
  /\ commands' = Older(commands) /\ letters' = Older(letters)
  /\ member' = [i \in Members |->
       [member[i] EXCEPT !.left = Max(@ - 1, 0),
                         !.asks = IF Timely THEN 0 ELSE @,
                         !.asked = IF \/ member[i].st = "asking" /\ (Timely \/ Flaw = "counted from the last question")
                                      \/ member[i].st = "holding" /\ Timely
                                   THEN Min(@ + 1, TTL) ELSE 0]]
  /\ UNCHANGED <<faults, handed>>

Next == \/ Tick \/ Restart \/ Lose
        \/ \E c \in commands : Execute(c)
        \/ \E l \in letters : Hear(l)
        \/ \E i \in Members : AskAgain(i) \/ Prolong(i) \/ Die(i)
        \/ \E i \in Members, t \in Threads : Come(i, t) \/ GiveUp(i, t) \/ Pass(i, t) \/ End(i, t)

Spec == Init /\ [][Next]_vars

(* What is possible is done in the end: time goes on, what is under way    *)
(* arrives unless lost, waiters ask again, work ends. Nobody has to come,  *)
(* to give up or to renew, and no fault has to happen.                     *)
Fair == /\ WF_vars(Tick)
        /\ \A i \in Members : /\ WF_vars(\E c \in commands : c.i = i /\ Execute(c))
                              /\ WF_vars(\E l \in letters : l.i = i /\ Hear(l))
                              /\ WF_vars(AskAgain(i))
                              /\ WF_vars(\E t \in Threads : Pass(i, t) \/ End(i, t))

FairSpec == Spec /\ Fair
-----------------------------------------------------------------------------
Valid(i) == member[i].left > 0
Leases == {<<i, t>> \in Members \X Threads : Valid(i) /\ t \in member[i].work}

(* No two valid leases at a time. Nothing is promised between a lease from *)
(* before the store lost its data and one from after; but if a renewal     *)
(* confirms the old one instead of telling the loss, it counts again.      *)
Exclusion == \A x, y \in Leases : x /= y => member[x[1]].era /= member[y[1]].era

(* Whoever believes to hold has the key, and a fence of the present block. *)
Backed == \A i \in Members : LET m == member[i]
          IN Valid(i) /\ m.era = store.era => /\ store.key = <<i, m.n>>
                                              /\ Fences => m.f \in store.base..store.last

(* Fences rise with the grants, over all lives of the store. A pass made   *)
(* by one who has not yet heard of the loss stays below what came later.   *)
FencesRise == \A x, y \in DOMAIN handed :
                \/ handed[x].era < handed[y].era
                \/ handed[x].era = handed[y].era /\ x < y
                => handed[x].f < handed[y].f

GrantedOnce == \A x, y \in DOMAIN handed :
                 x /= y /\ ~handed[x].pass /\ ~handed[y].pass => handed[x].attempt /= handed[y].attempt

(* When all that was sent has arrived, the key is with one who wants it.   *)
NoGhost == commands = {} /\ letters = {} /\ faults.losses = 0 /\ store.key /= None =>
             LET m == member[store.key[1]]
             IN \/ m.st = "dead"
                \/ m.st \in {"asking", "holding"} /\ m.n = store.key[2]

(* A waiter that neither gives up nor dies works in the end. Threads are   *)
(* all alike, and so are members of whom none may leave or die: one of     *)
(* them stands for all, which a property that looks ahead pays for.        *)
Alike == IF Leavers = {} /\ Mortal = {} THEN {CHOOSE i \in Members : TRUE} ELSE Members
Served == \A i \in Alike : LET t == CHOOSE u \in Threads : TRUE
                            IN Waits(member[i], t) ~> ~Waits(member[i], t)
=============================================================================
