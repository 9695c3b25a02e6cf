------------------------------- MODULE Store -------------------------------
(***************************************************************************)
(* What the scripts do in Redis, each as a function of the store's state   *)
(* and one command. The result holds the new state and the letters sent;   *)
(* a reply and a message that grant say the same, and are one kind.        *)
(*                                                                         *)
(* Times are counted in ticks and relative: `left` runs down, `age` runs   *)
(* up and stops at TTL, where it no longer matters. The number that a      *)
(* question carries, and by which its asker looks up when it was sent, is  *)
(* modelled by the result of looking it up: the question's age.            *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  TTL,     \* how long a hold lives unless renewed
  Mark,    \* how long a place in line lives after a question
  Block,   \* fences reserved by a grant: one for itself and one for each pass
  Fences,  \* whether fences are modelled
  Tokens,  \* "fresh": one for each attempt; "kept": one for each member; "shared": one for all
  Flaw     \* "none", or the rule that is broken

Max(a, b) == IF a > b THEN a ELSE b
Min(a, b) == IF a < b THEN a ELSE b

(* An attempt is <<member, number>>. At the key stands its token, in the   *)
(* record beside the key the attempt itself.                               *)
None == <<>>
Token(a) == CASE Tokens = "fresh" -> a
              [] Tokens = "kept" -> <<a[1], 0>>
              [] Tokens = "shared" -> <<0, 0>>
Same(a, b) == /\ a /= None
              /\ Token(a) = Token(b)
              /\ a = b \/ Flaw = "attempt not compared"

Empty(era) == [key |-> None, left |-> 0, base |-> 0, last |-> 0, line |-> <<>>, era |-> era]
-----------------------------------------------------------------------------
Living(line) == SelectSeq(line, LAMBDA e : e.alive > 0)
Without(line, a) == SelectSeq(line, LAMBDA e : <<e.i, e.n>> /= a)

(* A member has one place. A question renews it, unless a newer one did.   *)
Stand(line, c) ==
  LET place == [i |-> c.i, n |-> c.n, age |-> c.age, alive |-> Mark]
  IN IF \E j \in DOMAIN line : line[j].i = c.i
     THEN [j \in DOMAIN line |-> IF line[j].i = c.i /\ c.age <= line[j].age THEN place ELSE line[j]]
     ELSE Append(line, place)

Fence(s, clock) == IF ~Fences THEN 0
                   ELSE IF Flaw = "fence without time" THEN s.last + 1
                   ELSE Max(s.last + 1, clock)

Letter(s, t, a, age, f) == [t |-> t, i |-> a[1], n |-> a[2], age |-> age, f |-> f, era |-> s.era]

(* The key goes to place e, the others stay.                               *)
Give(s, e, others, clock) ==
  LET f == Fence(s, clock)
  IN [s |-> [s EXCEPT !.key = <<e.i, e.n>>, !.left = TTL, !.base = f, !.line = others,
                      !.last = IF Fences THEN f + Block - 1 ELSE 0],
      letters |-> {Letter(s, "granted", <<e.i, e.n>>, e.age, f)}]

(* The free key goes to the head of a line in which all are living.        *)
HandOff(s, line, clock) ==
  IF line = <<>>
  THEN [s |-> [s EXCEPT !.key = None, !.left = 0, !.base = 0, !.line = <<>>], letters |-> {}]
  ELSE IF Flaw = "grant taken back" /\ Len(line) > 1
  THEN LET first == Give(s, line[1], Tail(line), clock)   \* published, but counted 0 on this node of the cluster
           second == Give(s, line[2], Tail(Tail(line)), clock)
       IN [second EXCEPT !.letters = @ \cup first.letters]
  ELSE Give(s, Head(line), Tail(line), clock)

Ask(s, c, clock) ==
  LET me == <<c.i, c.n>>
  IN IF Same(s.key, me)
     THEN [s |-> IF Flaw = "expiry not set anew" THEN s ELSE [s EXCEPT !.left = TTL],
           letters |-> {Letter(s, "granted", me, c.age, IF Flaw = "base not kept" THEN s.last ELSE s.base)}]
     ELSE IF s.key = None
     THEN LET line == Living(s.line)
          IN IF line = <<>> \/ Head(line).i = c.i
             THEN Give(s, c, SelectSeq(line, LAMBDA e : e.i /= c.i), clock)
             ELSE HandOff(s, Stand(line, c), clock)
     ELSE [s |-> [s EXCEPT !.line = Stand(s.line, c)], letters |-> {}]

(* The fences of the block that were not used stay unused.                 *)
Free(s, c) == [s EXCEPT !.key = None, !.left = 0, !.last = IF Flaw = "fences handed back" /\ c.f > 0 THEN c.f ELSE @]

Release(s, c, clock) ==
  IF s.key = None THEN HandOff(s, Living(s.line), clock)
  ELSE IF Same(s.key, <<c.i, c.n>>) \/ Flaw = "owner not checked" THEN HandOff(Free(s, c), Living(s.line), clock)
  ELSE [s |-> s, letters |-> {}]

(* Out of the line, and out of the lock if it was granted meanwhile.       *)
Leave(s, c, clock) == Release([s EXCEPT !.line = Without(@, <<c.i, c.n>>)], c, clock)

(* Releases attempt c.o and stands in line with attempt c.n, in one step.  *)
Return(s, c, clock) == Ask(IF Same(s.key, <<c.i, c.o>>) THEN Free(s, c) ELSE s, c, clock)

Renew(s, c) ==
  LET me == <<c.i, c.n>>
      mine == \/ Same(s.key, me)
              \/ Flaw = "renewed by token alone" /\ s.key /= None /\ Token(s.key) = Token(me)
              \/ Flaw = "renewed for any owner" /\ s.key /= None
  IN [s |-> IF mine THEN [s EXCEPT !.left = TTL] ELSE s,
      letters |-> {Letter(s, IF mine THEN "renewed" ELSE "lost", me, c.age, 0)}]

Run(s, c, clock) == CASE c.t = "ask" -> Ask(s, c, clock)
                      [] c.t = "release" -> Release(s, c, clock)
                      [] c.t = "leave" -> Leave(s, c, clock)
                      [] c.t = "return" -> Return(s, c, clock)
                      [] c.t = "renew" -> Renew(s, c)

(* One tick later.                                                         *)
Later(s) == [s EXCEPT !.left = Max(@ - 1, 0),
                      !.key = IF s.left <= 1 THEN None ELSE @,
                      !.base = IF s.left <= 1 THEN 0 ELSE @,
                      !.line = [j \in DOMAIN @ |-> [@[j] EXCEPT !.age = Min(@ + 1, TTL), !.alive = Max(@ - 1, 0)]]]
=============================================================================
